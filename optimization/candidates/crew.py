"""The guides of a region as sets and columns: who may go on a departure, without a look at each guide of each.

A set holds places in the list of the region's guides, by id (`optimization.candidates.bits`). Each set of those who
lead an activity, are available on a date or hold what a trip requires is built once; a departure intersects them.
What guides entered and where else they are concerns few of them: these are judged by the readable rules, one by one.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from optimization.candidates.bits import bits_at, bits_of, places_of
from optimization.candidates.context import PlanningContext
from scheduling.domain.document import GuideAdjustments
from scheduling.domain.facts import Guide, Region
from scheduling.domain.limits import REST, TURNAROUND
from scheduling.rules import Demand, Facts, HazardFact, clash_of
from scheduling.rules.guides import certifications_on, recorded_exclusions
from scheduling.rules.inputs import NO_ADJUSTMENTS

T = TypeVar("T")
Days = tuple[date, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Crew:
    """The guides who work in a region, by id, on the facts and in the context of a plan."""

    def __init__(self, region: Region | None, facts: Facts, context: PlanningContext) -> None:
        self.region, self.facts, self.context = region, facts, context
        self.guides: Sequence[Guide] = facts.snapshot.guides_in(region) if region else ()
        self.ids = [guide.id for guide in self.guides]
        self._places = {guide_id: place for place, guide_id in enumerate(self.ids)}
        self._known: dict[Hashable, Any] = {}
        self._is_active = bits_of(guide.is_active for guide in self.guides)

    def once(self, key: Hashable, build: Callable[[], T]) -> T:
        """Return what was built under this key, or build it."""
        if key not in self._known:
            self._known[key] = build()
        return cast(T, self._known[key])

    def able(self, demand: Demand, *, with_certificates: bool = True) -> int:
        """Return the guides who pass every rule on the departure; `with_certificates` False leaves those out."""
        able = self.free(demand)
        if with_certificates:
            able &= self._certified(demand)
        concerned = able & self.concerned(demand)
        return able & ~self._stopped(concerned, demand) if concerned else able

    def at(self, guide_ids: Collection[UUID]) -> int:
        """Return those of the crew among these ids."""
        return bits_at(self._places[guide_id] for guide_id in guide_ids if guide_id in self._places)

    def leading(self, activity: str) -> int:
        """Return those who lead the activity."""
        return self.once(("leads", activity), lambda: bits_of(activity in guide.activities for guide in self.guides))

    def active(self, demand: Demand) -> int:
        """Return those who lead the departure's activity and are active."""
        return self.leading(demand.activity) & self._is_active

    def free(self, demand: Demand) -> int:
        """Return those of them who are available on all dates of the departure."""
        free = self.active(demand)
        for day in demand.days:
            free &= self._available(day)
        return free

    def concerned(self, demand: Demand) -> int:
        """Return those whose entries or commitments, or an emergency, may keep them off the departure."""
        return self._restricted(demand.days) | self._held(demand) | self._busy(demand)

    def adjustments(self, days: Days) -> Mapping[int, GuideAdjustments]:
        """Return the entries for these dates, by place of those who have some."""
        entered = self.context.entered

        def build() -> dict[int, GuideAdjustments]:
            by_guide = [entries for day in days if (entries := entered.by_day.get(day))]
            return {
                place: entered.of(guide_id, days)
                for place, guide_id in enumerate(self.ids)
                if any(guide_id in entries for entries in by_guide)
            }

        return self.once(("entered", days), build)

    def _available(self, day: date) -> int:
        available = self.facts.snapshot.available.get(day, frozenset())
        return self.once(("available", day), lambda: bits_of(guide_id in available for guide_id in self.ids))

    def _certified(self, demand: Demand) -> int:
        if demand.trip is None:
            return 0
        days, required = demand.days, demand.trip.required_certifications
        return self.once(
            ("certified", days, required), lambda: bits_of(required <= held for held in self._certifications(days))
        )

    def missing(self, place: int, demand: Demand) -> frozenset[str] | None:
        """Return what the guide at this place lacks of what the trip requires, None where that is unknown."""
        if demand.trip is None:
            return None
        return demand.trip.required_certifications - self._certifications(demand.days)[place]

    def _certifications(self, days: Days) -> list[frozenset[str]]:
        snapshot = self.facts.snapshot
        return self.once(("holds", days), lambda: [certifications_on(guide, days, snapshot) for guide in self.guides])

    def _restricted(self, days: Days) -> int:
        return self.once(
            ("restricted", days),
            lambda: bits_at(
                place
                for place, entry in self.adjustments(days).items()
                if entry.availability_exceptions or entry.restrictions
            ),
        )

    def _held(self, demand: Demand) -> int:
        held = 0
        for hazard in self.facts.hazards:
            if hazard.guide_ids and hazard.span.overlaps(demand.span):
                held |= self._held_by(hazard)
        return held

    def _held_by(self, hazard: HazardFact) -> int:
        return self.once(("held", hazard.id), lambda: self.at(hazard.guide_ids))

    def _busy(self, demand: Demand) -> int:
        """Return those with a commitment that may be too near to the departure."""
        starts, others = self.once(("busy", demand.day), lambda: self._commitments(demand.day))
        leaves, returns = _microseconds(demand.span.starts_at), _microseconds(demand.span.ends_at)
        near = others[: bisect_left(starts, returns)]
        return bits_at([place for until, place in near if until > leaves])

    def _commitments(self, day: date) -> tuple[list[int], list[tuple[int, int]]]:
        """Return the times from which commitments keep guides off departures of `day`; until when, and whom."""
        spans = []
        for place, guide_id in enumerate(self.ids):
            for other in self.context.elsewhere(guide_id):
                margin = TURNAROUND if other.day == day else max(TURNAROUND, REST)
                taken = other.span.widened(margin)
                spans.append((_microseconds(taken.starts_at), _microseconds(taken.ends_at), place))
        spans.sort()
        return [since for since, _, _ in spans], [(until, place) for _, until, place in spans]

    def _stopped(self, concerned: int, demand: Demand) -> int:
        """Return those of them whom a rule keeps off the departure."""
        entered = self.adjustments(demand.days)
        return bits_at(
            place
            for place in places_of(concerned)
            if self._is_stopped(self.ids[place], demand, entered.get(place, NO_ADJUSTMENTS))
        )

    def _is_stopped(self, guide_id: UUID, demand: Demand, entry: GuideAdjustments) -> bool:
        recorded = next(recorded_exclusions(guide_id, demand, self.facts, entry), None)
        others = self.context.elsewhere(guide_id)
        return bool(recorded or clash_of(demand.span, demand.day, others, ignoring=demand.departure_id))


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
