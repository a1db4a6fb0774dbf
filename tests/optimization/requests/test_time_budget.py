"""The time budget of a query."""

from datetime import timedelta
from typing import Any

import pytest

from novatrek_scheduling.deadline import Deadline
from optimization.models import OptimizationRun, RunStatus
from optimization.requests.query import TripQuery
from optimization.requests.recommendation import recommend_dates
from optimization.requests.time_budget import MIN_SECONDS, TimeBudget
from tests.optimization.requests.test_processing import a_trip_of
from tests.siblings import SimulatedSiblings


def test_without_a_deadline_each_step_has_its_own_time(settings: Any) -> None:
    settings.REQUEST_SOLVER_TIME_LIMIT_SECONDS = 5
    budget = TimeBudget(3.5)

    assert (budget.read_seconds, budget.solve_seconds) == (3.5, 5.0)


def test_with_a_deadline_each_step_has_no_more_than_is_left(settings: Any) -> None:
    settings.REQUEST_SOLVER_TIME_LIMIT_SECONDS = 5
    budget = TimeBudget(1.5, Deadline.after(1.0))

    assert MIN_SECONDS < budget.read_seconds <= 1.0
    assert MIN_SECONDS < budget.solve_seconds <= 1.0


def test_with_the_time_over_a_little_is_left_to_answer_all_the_same() -> None:
    budget = TimeBudget(1.5, Deadline.after(0))

    assert (budget.read_seconds, budget.solve_seconds) == (MIN_SECONDS, MIN_SECONDS)


@pytest.mark.django_db
def test_a_query_whose_time_is_over_returns_what_was_found(siblings: SimulatedSiblings) -> None:
    days = tuple(siblings.today + timedelta(days=n) for n in range(1, 8))

    ranked = recommend_dates(TripQuery(a_trip_of(siblings, "HIKING"), days), deadline_seconds=30.0, within_seconds=0.0)

    assert [
        ranked_date.option.day for ranked_date in sorted(ranked.dates, key=lambda ranked_date: ranked_date.option.day)
    ] == list(days)
    assert OptimizationRun.objects.get(detail__subject="QUESTION").status == RunStatus.COMPLETED
