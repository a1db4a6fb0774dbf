"""The pairing score of a guide and a departure: a product of factors, each in (0, 1], 1 being the best.

The factors use only facts of the siblings and the history of departures:

| factor | formula |
|---|---|
| certifications | 0.8 + 0.2 · (1 - 2^-n), n certifications beyond the required ones |
| proximity | 1 in the guide's home region (the first it works in), 0.8 elsewhere |
| familiarity | 0.7 + 0.3 · (1 - 2^(-n/3)), n departures led of this trip or on this trail |
| language | 1 where the guide speaks the language the departure names, else 0.5; 1 where it names none |
| experience | mean of 0.7 + 0.3 · min(years, 10)/10 and 0.7 + 0.3 · (rating - 1)/4; unknown: 0 years, rating 3 |
| preference | 1 where stated or nothing is stated, 0.9 where others are stated, 0.6 where the guide avoids it |
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any
from uuid import UUID

from scheduling.domain.document import GuideAdjustments
from scheduling.domain.facts import Guide, Region
from scheduling.domain.normalization import normalise_activity
from scheduling.rules import Demand, Facts

ELSEWHERE = 0.8
OTHER_LANGUAGE = 0.5
DEFAULT_RATING = 3.0
MAX_YEARS = 10
NOT_PREFERRED, AVOIDED = 0.9, 0.6
# Thousands of guides hold the same few sets of certifications, and speak the same languages.
_MAX_CACHED_SETS = 4096


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """The factors of one pairing, and their product."""

    certifications: float
    proximity: float
    familiarity: float
    language: float
    experience: float
    preference: float

    @property
    def by_name(self) -> dict[str, float]:
        """The factors by name, in the order of the table."""
        return {part.name: getattr(self, part.name) for part in fields(self)}

    @property
    def product(self) -> float:
        return math.prod(self.by_name.values())


def score_parts(guide: Guide, demand: Demand, facts: Facts, adjustments: GuideAdjustments) -> ScoreParts:
    """Return the factors of the pairing score of `guide` on `demand`."""
    required = demand.trip.required_certifications if demand.trip else frozenset[str]()
    led = facts.led.get(guide.id, {})
    return ScoreParts(
        certifications=certifications_factor(guide.certifications, required),
        proximity=proximity_factor(guide, demand.region),
        familiarity=familiarity_factor(max((led.get(place, 0) for place in places_of_demand(demand)), default=0)),
        language=language_factor(guide.languages, demand.language),
        experience=experience_factor(guide),
        preference=preference_factor(demand.activity, adjustments.guide_preferences),
    )


def pairing_score(guide: Guide, demand: Demand, facts: Facts, adjustments: GuideAdjustments) -> float:
    """Return the product of the factors, in (0, 1]."""
    return score_parts(guide, demand, facts, adjustments).product


def places_of_demand(demand: Demand) -> set[UUID]:
    """Return the trip and the trail: whoever led departures of either before is familiar with it."""
    return {place.id for place in (demand.trip, demand.trail) if place is not None}


@lru_cache(_MAX_CACHED_SETS)
def certifications_factor(held: frozenset[str], required: frozenset[str]) -> float:
    beyond = len(held - required)
    return float(0.8 + 0.2 * (1 - 2.0**-beyond))


def proximity_factor(guide: Guide, region: Region | None) -> float:
    return 1.0 if region and guide.is_at_home_in(region) else ELSEWHERE


def familiarity_factor(times: int) -> float:
    """Return the factor of a guide who led `times` departures of the trip, or on the trail."""
    return float(0.7 + 0.3 * (1 - 2.0 ** (-times / 3)))


@lru_cache(_MAX_CACHED_SETS)
def language_factor(spoken: frozenset[str], language: str | None) -> float:
    if not language:
        return 1.0
    return 1.0 if language.casefold() in {name.casefold() for name in spoken} else OTHER_LANGUAGE


def experience_factor(guide: Guide) -> float:
    years = min(guide.years_experience or 0, MAX_YEARS) / MAX_YEARS
    rating = ((guide.average_rating or DEFAULT_RATING) - 1) / 4
    return 0.7 + 0.3 * (years + rating) / 2


def preference_factor(activity: str, stated: Any) -> float:
    """Return the factor of a guide who stated these preferences, if any."""
    if not isinstance(stated, Mapping):
        return 1.0
    if activity in _activities(stated.get("avoid_activities")):
        return AVOIDED
    preferred = _activities(stated.get("activities"))
    return 1.0 if not preferred or activity in preferred else NOT_PREFERRED


def _activities(names: Any) -> frozenset[str]:
    if not isinstance(names, list):
        return frozenset()
    return frozenset(normalise_activity(name) for name in names if isinstance(name, str))
