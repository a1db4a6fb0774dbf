"""How long a question may take."""

from datetime import timedelta
from typing import Any

import pytest

from novatrek_scheduling.deadline import Deadline
from optimization.models import OptimizationRun, RunStatus
from optimization.requests.query import TripQuery
from optimization.requests.recommendation import recommend_dates
from optimization.requests.time_budget import LEAST_SECONDS, TimeBudget
from tests.optimization.requests.test_processing import a_trip_of
from tests.siblings import SimulatedSiblings


def test_who_does_not_wait_gives_each_step_its_own_time(settings: Any) -> None:
    settings.REQUEST_SOLVER_TIME_LIMIT_SECONDS = 5
    patience = TimeBudget(3.5)

    assert (patience.read_seconds, patience.solve_seconds) == (3.5, 5.0)


def test_who_waits_gives_each_step_no_more_than_is_left(settings: Any) -> None:
    settings.REQUEST_SOLVER_TIME_LIMIT_SECONDS = 5
    patience = TimeBudget(1.5, Deadline.after(1.0))

    assert LEAST_SECONDS < patience.read_seconds <= 1.0
    assert LEAST_SECONDS < patience.solve_seconds <= 1.0


def test_with_the_time_over_a_little_is_left_to_answer_all_the_same() -> None:
    patience = TimeBudget(1.5, Deadline.after(0))

    assert (patience.read_seconds, patience.solve_seconds) == (LEAST_SECONDS, LEAST_SECONDS)


@pytest.mark.django_db
def test_a_question_whose_time_is_over_is_answered_with_what_was_found(siblings: SimulatedSiblings) -> None:
    days = tuple(siblings.today + timedelta(days=n) for n in range(1, 8))

    answer = recommend_dates(TripQuery(a_trip_of(siblings, "HIKING"), days), deadline_seconds=30.0, within_seconds=0.0)

    assert [ranked.option.day for ranked in sorted(answer.dates, key=lambda ranked: ranked.option.day)] == list(days)
    assert OptimizationRun.objects.get(detail__subject="QUESTION").status == RunStatus.COMPLETED
