"""Ranked dates meet the terms of the request, and the checker detects those that do not."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest

from optimization.candidates.assessment import GuideConstraints
from optimization.days.refusal import PlanRefused
from optimization.requests import feasibility, ranking
from optimization.requests.query import TripQuery
from optimization.requests.ranking import RankedDates
from optimization.requests.recommendation import rank_dates
from optimization.requests.verification import refuse_broken_dates
from optimization.verification.checks import CHECKS
from optimization.verification.evidence import HardRule
from scheduling.domain.facts import WeatherOutlook
from scheduling.requests.submission import Constraints
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TrailFactory,
    TripFactory,
    snapshot_of,
)
from tests.scheduling.writes import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("siblings")]

TRIP = TripFactory(min_participants=4, max_participants=12)
ANA, BEN = GuideFactory(name="Ana", years_experience=9), GuideFactory(name="Ben", years_experience=1)
STEEP = TrailFactory(elevation_gain_m=900.0)

Break = Callable[[pytest.MonkeyPatch], None]


def without(target: object, name: str, value: object = None) -> Break:
    return lambda monkeypatch: monkeypatch.setattr(target, name, lambda *_: value)


@dataclass(frozen=True)
class Case:
    """A rule, the constraints of a request, and how to remove the rule from the ranking."""

    rule: HardRule
    demands: dict[str, Any]
    without: Break
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.rule)

    @property
    def question(self) -> TripQuery:
        return TripQuery(TRIP.id, (TOMORROW,), Constraints(**self.demands))

    def answered(self) -> RankedDates:
        snapshot = snapshot_of(guides=[ANA, BEN], trips=[TRIP], trails=[STEEP])
        snapshot = replace(snapshot, usual_times={TRIP.id: "08:00"}, **self.facts)
        return rank_dates(self.question, snapshot, deadline_seconds=2)


STORM = {"outlooks": {(REGION_ID, TOMORROW): WeatherOutlook.STORM_WARNING}}
CASES = (
    Case(
        HardRule.REQUIRED_GUIDE,
        {"required_guide_ids": (BEN.id,)},
        without(ranking, "guide_constraints", GuideConstraints()),
    ),
    Case(HardRule.EXCLUDED_GUIDE, {"excluded_guide_ids": (ANA.id,)}, without(GuideConstraints, "against")),
    Case(HardRule.ROOM, {"min_group_size": 9, "max_group_size": 8}, without(feasibility, "_over_capacity")),
    Case(HardRule.WEATHER, {}, without(feasibility, "_bad_weather"), STORM),
    Case(
        HardRule.ACCESSIBILITY,
        {"accessibility_requirements": ("LOW_ALTITUDE",)},
        without(feasibility, "_not_accessible"),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_ranked_dates_meet_the_terms_of_the_request(case: Case) -> None:
    refuse_broken_dates(case.answered(), case.question)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_checker_refuses_dates_that_do_not(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.without(monkeypatch)
    answer = case.answered()

    with pytest.raises(PlanRefused) as refused:
        refuse_broken_dates(answer, case.question)

    assert refused.value.rules == (case.rule.value,)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_checker_without_the_rule_finds_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.without(monkeypatch)
    monkeypatch.delitem(CHECKS, case.rule)

    refuse_broken_dates(case.answered(), case.question)


def test_a_closed_trail_is_removed_if_the_trip_needs_none() -> None:
    closed = replace(STEEP, status="CLOSED", activities=frozenset({"RAFTING"}))
    put({UUID(int=1): DepartureFactory(trip_id=TRIP.id, trail_id=closed.id, participants=0)})
    snapshot = replace(snapshot_of(guides=[ANA, BEN], trips=[TRIP], trails=[closed]), usual_times={TRIP.id: "08:00"})
    asked = TripQuery(TRIP.id, (TOMORROW,))

    answer = rank_dates(asked, snapshot, deadline_seconds=2)

    refuse_broken_dates(answer, asked)
    assert answer.best
    assert (answer.best.option.departure_id, answer.best.departure.trail_id) == (UUID(int=1), None)
