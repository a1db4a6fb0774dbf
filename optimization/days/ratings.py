"""The rating of a change: the score of the dates' plans and the fairness of their guides' hours, before and after."""

from collections.abc import Collection, Mapping
from uuid import UUID

from conflicts.resolution.figures import Ratings
from conflicts.resolution.problem import Documents, Problem
from optimization.candidates.workload import hours_led
from optimization.days.score import day_score
from scheduling.domain.document import Departure
from scheduling.rules import Facts

Departures = Mapping[UUID, Departure]


def rate_change(problem: Problem, changed: Documents) -> Ratings:
    """Rate the changed documents of a problem, in the regions of its departures, against the present ones."""
    before = {key: d for day in changed for key, d in problem.documents[day].departures.items()}
    after = {key: d for document in changed.values() for key, d in document.departures.items()}
    regions = {d.region_id for key, d in after.items() if before.get(key) is not d}
    known, planned = (_running(departures, regions) for departures in (before, after))
    return Ratings(
        score_before=day_score(known, known),
        score_after=day_score(known, planned),
        fairness_before=fairness(known, problem.facts, regions),
        fairness_after=fairness(planned, problem.facts, regions),
    )


def fairness(departures: Departures, facts: Facts, region_ids: Collection[UUID]) -> float:
    """Return 1 minus the Gini coefficient of the hours of the active guides whose home these regions are.

    1: all of them have the same hours, of the trailing 14 days and of these departures; near 0: one has them all.
    """
    snapshot = facts.snapshot
    regions = [snapshot.regions[key] for key in region_ids if key in snapshot.regions]
    at_home = [
        guide.id
        for guide in snapshot.guides.values()
        if guide.is_active and any(guide.is_at_home_in(region) for region in regions)
    ]
    led = hours_led(departures.values())
    hours = sorted(facts.recent_hours.get(guide, 0.0) + led.get(guide, 0.0) for guide in at_home)
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
