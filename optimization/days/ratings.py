"""The rating of a change: the score of the dates' plans and the fairness of their guides' hours, before and after.

The dates as they are, are counted once for all candidates and conflicts; a candidate is counted by what it changes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from conflicts.resolution.changes import Documents
from conflicts.resolution.figures import Ratings
from conflicts.resolution.guest_sentences import departures_in
from conflicts.resolution.problem import Problem
from optimization.candidates.workload import hours_led
from optimization.days.score import Tally, assignments_in
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.rules import Facts

Departures = Mapping[UUID, Departure]
Hours = Mapping[UUID, float]


@dataclass(frozen=True, slots=True)
class _Counted:
    """What is counted of the departures of some regions, on some dates or in a part of them."""

    tally: Tally
    assignments: frozenset[tuple[UUID, UUID]]
    hours: Hours

    @classmethod
    def of(cls, departures: Departures) -> "_Counted":
        return cls(Tally.of(departures.values()), frozenset(assignments_in(departures)), hours_led(departures.values()))


def rate_change(problem: Problem, before: Documents, after: Documents) -> Ratings:
    """Rate a change of a problem's documents, in the regions of its departures, against the present ones.

    `before` and `after` have the departures that differ, as they are and as they would be; others may be among them.
    """
    departures_before, departures_after = _differing(departures_in(before), departures_in(after))
    regions = frozenset(departure.region_id for departure in departures_after.values())
    present = [problem.documents[day] for day in after]
    whole = problem.kept.once_of(("rated", regions), present, lambda: _count_all(present, regions))
    gone, come = (_Counted.of(_running(part, regions)) for part in (departures_before, departures_after))
    total = len(whole.assignments)
    lost = len(gone.assignments - come.assignments)
    at_home = guides_at_home(problem.facts, regions)
    planned = {
        guide: whole.hours.get(guide, 0.0) - gone.hours.get(guide, 0.0) + come.hours.get(guide, 0.0)
        for guide in at_home
    }
    return Ratings(
        score_before=whole.tally.score(1.0),
        score_after=whole.tally.with_change(gone.tally, come.tally).score(1 - lost / total if total else 1.0),
        fairness_before=fairness(whole.hours, problem.facts, at_home),
        fairness_after=fairness(planned, problem.facts, at_home),
    )


def _differing(before: Departures, after: Departures) -> tuple[Departures, Departures]:
    """Return those that are not the same objects before and after."""
    return (
        {key: departure for key, departure in before.items() if after.get(key) is not departure},
        {key: departure for key, departure in after.items() if before.get(key) is not departure},
    )


def _count_all(documents: Iterable[ScheduleDocument], region_ids: Collection[UUID]) -> _Counted:
    departures = {key: d for document in documents for key, d in document.departures.items()}
    return _Counted.of(_running(departures, region_ids))


def guides_at_home(facts: Facts, region_ids: Collection[UUID]) -> list[UUID]:
    """Return the active guides whose home these regions are."""
    snapshot = facts.snapshot
    regions = [snapshot.regions[key] for key in region_ids if key in snapshot.regions]
    return [
        guide.id
        for guide in snapshot.guides.values()
        if guide.is_active and any(guide.is_at_home_in(region) for region in regions)
    ]


def fairness(hours_led: Hours, facts: Facts, guides: Collection[UUID]) -> float:
    """Return 1 minus the Gini coefficient of the hours of these guides.

    1: all of them have the same hours, of the trailing 14 days and led on the dates; near 0: one has them all.
    """
    hours = sorted(facts.recent_hours.get(guide, 0.0) + hours_led.get(guide, 0.0) for guide in guides)
    total = sum(hours)
    if not total:
        return 1.0
    ranked = sum(rank * value for rank, value in enumerate(hours, start=1))
    return 1.0 - (2 * ranked / (len(hours) * total) - (len(hours) + 1) / len(hours))


def _running(departures: Departures, region_ids: Collection[UUID]) -> dict[UUID, Departure]:
    """Return the departures of these regions; one that is cancelled has no team, whatever it had."""
    return {
        key: departure.model_copy(update={"team": []}) if departure.is_cancelled else departure
        for key, departure in departures.items()
        if departure.region_id in region_ids
    }
