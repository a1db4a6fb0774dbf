"""The capacities and the pairing scores of a crew, as columns: what depends on the guide alone is computed once.

A score is the product of `optimization.candidates.scoring`, multiplied in the same order: the same to the last bit.
"""

from collections import defaultdict
from collections.abc import Sequence
from operator import mul
from uuid import UUID

from optimization.candidates.bits import select
from optimization.candidates.crew import Crew, Days
from optimization.candidates.scoring import (
    certifications_factor,
    experience_factor,
    familiarity_factor,
    language_factor,
    places_of_demand,
    preference_factor,
    proximity_factor,
)
from scheduling.rules import Demand, capacity_of

Column = Sequence[float]


def capacities_of(crew: Crew, demand: Demand, bits: int) -> list[int]:
    """Return the numbers of guests whom these guides may lead, in order."""
    key = ("capacities", demand.day, demand.days)
    return select(crew.once(key, lambda: _capacities(crew, demand)), bits)


def scores_of(crew: Crew, demand: Demand, bits: int) -> list[float]:
    """Return the pairing scores of these guides on the departure, in order."""
    required = demand.trip.required_certifications if demand.trip else frozenset[str]()
    scores = select(crew.once(("skills", required), lambda: _skills(crew, required)), bits)
    for column in (
        _familiarity(crew, demand),
        _language(crew, demand.language),
        crew.once("experience", lambda: [experience_factor(guide) for guide in crew.guides]),
        _preference(crew, demand.activity, demand.days),
    ):
        if column is not None:
            scores = list(map(mul, scores, select(column, bits)))
    return scores


def _capacities(crew: Crew, demand: Demand) -> list[int]:
    capacities = [guide.max_group_size for guide in crew.guides]
    for place, entry in crew.adjustments(demand.days).items():
        capacities[place] = capacity_of(crew.guides[place], entry, demand.day)
    return capacities


def _skills(crew: Crew, required: frozenset[str]) -> Column:
    """Return the first two factors as one: certifications and proximity."""
    proximity = crew.once("proximity", lambda: [proximity_factor(guide, crew.region) for guide in crew.guides])
    certifications = [certifications_factor(guide.certifications, required) for guide in crew.guides]
    return list(map(mul, certifications, proximity))


def _familiarity(crew: Crew, demand: Demand) -> Column:
    led = crew.once("led", lambda: _led(crew))
    times: defaultdict[int, int] = defaultdict(int)
    for visited in places_of_demand(demand):
        for place, count in led.get(visited, ()):
            times[place] = max(times[place], count)
    column = [familiarity_factor(0)] * len(crew.guides)
    for place, count in times.items():
        column[place] = familiarity_factor(count)
    return column


def _led(crew: Crew) -> dict[UUID, list[tuple[int, int]]]:
    """Return, by trip and by trail, who led departures of it, and how many."""
    led: defaultdict[UUID, list[tuple[int, int]]] = defaultdict(list)
    for place, guide_id in enumerate(crew.ids):
        for visited, count in crew.facts.led.get(guide_id, {}).items():
            led[visited].append((place, count))
    return dict(led)


def _language(crew: Crew, language: str | None) -> Column | None:
    if not language:
        return None
    return crew.once(
        ("speaks", language), lambda: [language_factor(guide.languages, language) for guide in crew.guides]
    )


def _preference(crew: Crew, activity: str, days: Days) -> Column | None:
    """Return None where nobody stated a preference."""

    def build() -> Column | None:
        stated = {
            place: preference_factor(activity, entry.guide_preferences)
            for place, entry in crew.adjustments(days).items()
            if entry.guide_preferences
        }
        return [stated.get(place, 1.0) for place in range(len(crew.guides))] if stated else None

    return crew.once(("prefers", activity, days), build)
