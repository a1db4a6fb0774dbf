"""The hard rules of trails: closures, seasons, hazards and group sizes."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from scheduling.domain.facts import Closure, Span, Trail, TrailCondition
from scheduling.rules import HazardFact, Rule, condition_of
from tests.factories import TOMORROW, at
from tests.scheduling.rules.worlds import FACTS, NEXT_DAY, TRAIL, broken, knowing, led, with_trail


def test_where_the_region_has_trails_for_the_activity_a_departure_needs_one() -> None:
    assert broken(led(trail_id=None)) == [Rule.TRAIL_CLOSED]
    assert broken(led()) == []


def closure(first: date, last: date | None, *, is_severe: bool = True) -> Closure:
    return Closure(uuid4(), "rockfall", first, last, is_severe)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "CLOSED"},
        {"surface": "FLOODED"},
        {"assessment": TrailCondition.CLOSED},
        {"status": "SEASONAL_CLOSURE"},
        {"closures": (closure(TOMORROW, None),)},
    ],
)
def test_nobody_goes_on_a_closed_trail(changes: dict[str, Any]) -> None:
    assert broken(led(), with_trail(**changes)) == [Rule.TRAIL_CLOSED]


def test_a_closure_counts_on_its_days_and_where_it_is_severe() -> None:
    overnight = led(ends_at=at(12, day=NEXT_DAY))
    on_the_second_day = with_trail(closures=(closure(NEXT_DAY, NEXT_DAY),))

    assert broken(led(), on_the_second_day) == []
    assert broken(overnight, on_the_second_day) == [Rule.TRAIL_CLOSED]
    assert broken(led(), with_trail(closures=(closure(TOMORROW, TOMORROW, is_severe=False),))) == []


def test_a_season_may_go_over_new_year() -> None:
    winter = replace(TRAIL, is_year_round=False, opens_on=date(2026, 11, 15), open_until=date(2027, 3, 31))

    assert condition_of(winter, date(2027, 3, 31), "HIKING") is TrailCondition.EXCELLENT
    assert condition_of(winter, date(2027, 4, 1), "HIKING") is TrailCondition.CLOSED
    assert condition_of(winter, date(2026, 11, 14), "HIKING") is TrailCondition.CLOSED


def test_a_hazard_closes_a_trail_while_it_lasts() -> None:
    bear = HazardFact(uuid4(), "bear", Span(at(6), at(9, 1)), frozenset({TRAIL.id}), closes_trails=True)
    gone = replace(bear, span=Span(at(6), at(9)))

    assert broken(led(), replace(FACTS, hazards=(bear,))) == [Rule.TRAIL_CLOSED]
    assert broken(led(), replace(FACTS, hazards=(gone,))) == []
    assert condition_of(TRAIL, TOMORROW, "HIKING", led().span, [bear]) is TrailCondition.CLOSED
    assert condition_of(TRAIL, TOMORROW, "HIKING", led().span, [gone]) is TrailCondition.EXCELLENT


def test_a_group_is_no_larger_than_its_trail_takes() -> None:
    assert broken(led(), with_trail(max_group_size=8)) == []
    assert broken(led(), with_trail(max_group_size=7)) == [Rule.TRAIL_GROUP_SIZE]


def test_a_trail_that_is_not_known_breaks_no_rule_of_trails() -> None:
    unknown: dict[UUID, Trail] = {}

    assert broken(led(), knowing(trails=unknown)) == []
