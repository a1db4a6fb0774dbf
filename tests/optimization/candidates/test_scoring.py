"""The factors of a pairing's score, each by its formula."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from optimization.candidates.scoring import ScoreParts, score_parts
from scheduling.domain.document import GuideAdjustments
from scheduling.domain.facts import Guide
from scheduling.rules import Demand, Facts
from scheduling.rules.guides import NO_ADJUSTMENTS
from tests.factories import REGION_ID, TOMORROW, DepartureFactory, GuideFactory, TrailFactory, TripFactory, facts_of

TRIP, TRAIL = TripFactory(), TrailFactory()
FACTS = facts_of(trips=[TRIP], trails=[TRAIL])
GUIDE = GuideFactory()


def parts(
    guide: Guide = GUIDE, facts: Facts = FACTS, adjustments: GuideAdjustments = NO_ADJUSTMENTS, **fields: Any
) -> ScoreParts:
    departure = DepartureFactory(trip_id=TRIP.id, trail_id=TRAIL.id, **fields)
    return score_parts(guide, Demand.of(TRIP.id, departure, TOMORROW, facts.snapshot), facts, adjustments)


def guide_with(**changes: Any) -> Guide:
    return replace(GUIDE, **changes)


@pytest.mark.parametrize(("beyond", "factor"), [([], 0.8), (["CPR"], 0.9), (["CPR", "ROPE_RESCUE"], 0.95)])
def test_each_certification_beyond_the_required_halves_what_is_missing(beyond: list[str], factor: float) -> None:
    held = frozenset({"WILDERNESS_FIRST_AID", *beyond})

    assert parts(guide_with(certifications=held)).certifications == pytest.approx(factor)


def test_guides_are_nearest_in_the_first_region_they_work_in() -> None:
    assert parts().proximity == 1
    assert parts(guide_with(region_ids=(str(REGION_ID),))).proximity == 1
    assert parts(guide_with(region_ids=("rocky_mountains", "pacific_northwest"))).proximity == 0.8


@pytest.mark.parametrize(("times", "factor"), [(0, 0.7), (3, 0.85), (6, 0.925)])
def test_whoever_led_the_trip_or_the_trail_before_knows_it(times: int, factor: float) -> None:
    for place in (TRIP.id, TRAIL.id):
        facts = replace(FACTS, led={GUIDE.id: {place: times}})
        assert parts(facts=facts).familiarity == pytest.approx(factor)


def test_language_counts_only_where_the_departure_names_one() -> None:
    assert parts().language == 1
    assert parts(language="EN").language == 1
    assert parts(language="de").language == 0.5


@pytest.mark.parametrize(
    ("years", "rating", "factor"),
    [(10, 5.0, 1.0), (30, 5.0, 1.0), (0, 1.0, 0.7), (None, None, 0.775), (5, 3.0, 0.85)],
)
def test_experience_is_years_and_ratings(years: int | None, rating: float | None, factor: float) -> None:
    assert parts(guide_with(years_experience=years, average_rating=rating)).experience == pytest.approx(factor)


@pytest.mark.parametrize(
    ("stated", "factor"),
    [
        (None, 1),
        ("a sentence", 1),
        ({"activities": ["day hiking"]}, 1),
        ({"activities": ["RAFTING"]}, 0.9),
        ({"avoid_activities": ["hiking"], "activities": ["hiking"]}, 0.6),
        ({"activities": "hiking"}, 1),
    ],
)
def test_what_guides_prefer_counts_where_it_can_be_read(stated: object, factor: float) -> None:
    assert parts(adjustments=GuideAdjustments(guide_preferences=stated)).preference == factor


def test_a_score_is_the_product_of_its_parts_above_nothing_and_at_most_one() -> None:
    worst = parts(guide_with(certifications=frozenset(), years_experience=0, average_rating=0.0), language="de")

    product = 1.0
    for factor in asdict(worst).values():
        product *= factor
    assert 0 < worst.product == product < parts().product <= 1
