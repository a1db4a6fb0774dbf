"""The difference that a proposal would make, by departure and by person, with the figures before and after. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from statistics import fmean
from uuid import UUID

from optimization.candidates.workload import hours_led
from optimization.days.score import day_score
from optimization.proposals.plans import AcceptedPart, ProposedDeparture, ProposedPlan, TeamPlan
from optimization.proposals.ties import Tie, ties_of
from scheduling.domain.document import Departure, ScheduleDocument


class PartState(StrEnum):
    """What can be said of one departure of a proposal now."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    DONE = "DONE"
    CHANGED = "CHANGED"
    OVER = "OVER"


@dataclass(frozen=True, slots=True)
class DepartureDifference:
    """A departure with its plan before and after. `accepted` says by whom and when it was; `ties` bind it to others.

    `now` is the departure as it is stored; None for one that the daily schedule lacks.
    """

    id: UUID
    proposed: ProposedDeparture
    state: PartState
    now: Departure | None = None
    accepted: AcceptedPart | None = None
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonDifference:
    """A guide with the departures that they would leave and join, and their hours.

    `hours_before` and `hours_after` are on the date, `above_mean_before` and `above_mean_after` those of the last 14
    days and the date against the mean of all who are compared.
    """

    guide_id: UUID
    name: str
    leaves: tuple[UUID, ...]
    joins: tuple[UUID, ...]
    hours_before: float
    hours_after: float
    above_mean_before: float
    above_mean_after: float


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of a plan: departures with guides of all, guests served of all, the score (0 to 100).

    `hours_apart` is how far the guides' hours of the last 14 days and the date are from their mean, on average.
    """

    departures: int
    staffed: int
    guests: int
    served: int
    score: float
    hours_apart: float


@dataclass(frozen=True, slots=True)
class Difference:
    """What a proposal would change, the earliest departure first, and people by name."""

    departures: tuple[DepartureDifference, ...]
    people: tuple[PersonDifference, ...]
    before: Totals
    after: Totals
    moved: int

    def in_state(self, state: PartState) -> list[DepartureDifference]:
        return [departure for departure in self.departures if departure.state is state]

    @property
    def settled(self) -> frozenset[UUID]:
        """The departures that are as proposed already."""
        return frozenset(part.id for part in self.departures if part.state in {PartState.ACCEPTED, PartState.DONE})


def difference_of(
    plan: ProposedPlan,
    document: ScheduleDocument,
    day: date,
    now: datetime,
    accepted: Mapping[UUID, AcceptedPart],
) -> Difference:
    """Return the difference that the whole plan makes, its accepted departures included, to the date at `now` (aware).

    The figures before are those of the date as it would be without the proposal.
    """
    ties: defaultdict[UUID, list[Tie]] = defaultdict(list)
    for tie in ties_of(plan.departures, day):
        ties[tie.leaves].append(tie)
        ties[tie.joins].append(tie)
    by_start = sorted(plan.departures, key=lambda key: (plan.departures[key].starts_at, key))
    before, after = departures_without(plan, document), departures_with(plan, document)
    hours = _Hours.of(plan.hours, hours_led(before.values()), hours_led(after.values()))
    return Difference(
        departures=tuple(_difference(key, plan, document, now, accepted, ties[key]) for key in by_start),
        people=tuple(_people(plan, by_start, hours)),
        before=_totals(before, before, _apart(hours.before)),
        after=_totals(before, after, _apart(hours.after)),
        moved=plan.moved,
    )


def _difference(
    key: UUID,
    plan: ProposedPlan,
    document: ScheduleDocument,
    now: datetime,
    accepted: Mapping[UUID, AcceptedPart],
    ties: Iterable[Tie],
) -> DepartureDifference:
    proposed, current = plan.departures[key], document.departures.get(key)
    return DepartureDifference(
        id=key,
        proposed=proposed,
        state=PartState.ACCEPTED if key in accepted else state_of(proposed, current, now),
        now=current,
        accepted=accepted.get(key),
        ties=tuple(ties),
    )


def state_of(proposed: ProposedDeparture, current: Departure | None, now: datetime) -> PartState:
    """Return the state of a proposed departure that nobody accepted, given what is stored of it at `now` (aware)."""
    if current is None:
        is_over = proposed.starts_at <= now or not proposed.is_new
        return PartState.OVER if is_over else PartState.OPEN
    if TeamPlan.of(current, {}).is_same_as(proposed.after):
        return PartState.DONE
    if not current.may_be_replanned(now):
        return PartState.OVER
    is_changed = proposed.is_new or proposed.is_outdated_by(current)
    return PartState.CHANGED if is_changed else PartState.OPEN


def departures_without(plan: ProposedPlan, document: ScheduleDocument) -> dict[UUID, Departure]:
    """Return the departures of the plan's regions that go, with the teams that they had before it."""
    return _departures(plan, document, {key: proposed.before for key, proposed in plan.departures.items()})


def departures_with(plan: ProposedPlan, document: ScheduleDocument) -> dict[UUID, Departure]:
    """Return the departures of the plan's regions that go, with the teams that it proposes."""
    return _departures(plan, document, {key: proposed.after for key, proposed in plan.departures.items()})


def _departures(
    plan: ProposedPlan, document: ScheduleDocument, teams: Mapping[UUID, TeamPlan]
) -> dict[UUID, Departure]:
    going = {
        key: departure
        for key, departure in document.departures_in(plan.region_ids).items()
        if not departure.is_cancelled
    }
    for key, team_plan in teams.items():
        stored = going.get(key) or plan.departures[key].departure()
        going[key] = stored.model_copy(update={"team": team_plan.team(), "trail_id": team_plan.trail_id})
    return going


def _totals(base: Mapping[UUID, Departure], departures: Mapping[UUID, Departure], hours_apart: float) -> Totals:
    staffed = [departure for departure in departures.values() if departure.team]
    return Totals(
        departures=len(departures),
        staffed=len(staffed),
        guests=sum(departure.participants for departure in departures.values()),
        served=sum(departure.participants for departure in staffed),
        score=day_score(base, departures),
        hours_apart=hours_apart,
    )


@dataclass(frozen=True, slots=True)
class _Hours:
    """Hours by guide: on the date, and with those of the trailing 14 days, before and after."""

    on_day_before: Mapping[UUID, float]
    on_day_after: Mapping[UUID, float]
    before: Mapping[UUID, float]
    after: Mapping[UUID, float]

    @classmethod
    def of(cls, recent: Mapping[UUID, float], before: Mapping[UUID, float], after: Mapping[UUID, float]) -> "_Hours":
        guides = sorted({*recent, *before, *after})
        with_recent = (
            {guide: recent.get(guide, 0.0) + on_day.get(guide, 0.0) for guide in guides} for on_day in (before, after)
        )
        return cls(before, after, *with_recent)


def _apart(hours: Mapping[UUID, float]) -> float:
    mean = _mean(hours)
    return _mean({guide: abs(own - mean) for guide, own in hours.items()})


def _mean(hours: Mapping[UUID, float]) -> float:
    return fmean(hours.values()) if hours else 0.0


def _people(plan: ProposedPlan, order: Iterable[UUID], hours: _Hours) -> list[PersonDifference]:
    names: dict[UUID, str] = {}
    leaves: dict[UUID, list[UUID]] = {}
    joins: dict[UUID, list[UUID]] = {}
    for key in order:
        proposed = plan.departures[key]
        names |= {guide.guide_id: guide.name for guide in (*proposed.before.guides, *proposed.after.guides)}
        before, after = Counter(proposed.before.guide_ids), Counter(proposed.after.guide_ids)
        for guide_id in before - after:
            leaves.setdefault(guide_id, []).append(key)
        for guide_id in after - before:
            joins.setdefault(guide_id, []).append(key)
    mean_before, mean_after = _mean(hours.before), _mean(hours.after)
    return [
        PersonDifference(
            guide_id=guide_id,
            name=names[guide_id],
            leaves=tuple(leaves.get(guide_id, ())),
            joins=tuple(joins.get(guide_id, ())),
            hours_before=hours.on_day_before.get(guide_id, 0.0),
            hours_after=hours.on_day_after.get(guide_id, 0.0),
            above_mean_before=hours.before[guide_id] - mean_before,
            above_mean_after=hours.after[guide_id] - mean_after,
        )
        for guide_id in sorted(leaves.keys() | joins.keys(), key=lambda guide: (names[guide], guide))
    ]
