"""The scores of the plans as they stand, as a line that can be read as a table too."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from novatrek_scheduling.console.home.chart import HIGHEST, chart_of
from novatrek_scheduling.console.home.trend import DayScore, read_scores
from scheduling.domain.document import AssignmentStatus, DepartureStatus
from tests.factories import TeamMemberFactory
from tests.novatrek_scheduling.console.home.days import SIX, TODAY, led, plan
from tests.scheduling.writes import write_in_sql

A_DAY = timedelta(days=1)


def scored(ahead: int, score: float) -> DayScore:
    return DayScore(TODAY + ahead * A_DAY, score, going=4, staffed=3, approvals=())


@pytest.mark.django_db
def test_the_days_with_a_plan_around_today_have_the_score_of_what_goes() -> None:
    plan(led(9, team=[]), led(9, status=DepartureStatus.CANCELLED))
    plan(led(9, day=TODAY + A_DAY), day=TODAY + A_DAY)
    plan(day=TODAY + 2 * A_DAY)
    plan(led(9, day=TODAY + 15 * A_DAY), day=TODAY + 15 * A_DAY)

    scores = read_scores(TODAY)

    assert [(score.day, score.staffed, score.going) for score in scores] == [
        (TODAY, 0, 1),
        (TODAY + A_DAY, 1, 1),
    ]
    assert scores[0].score < scores[1].score


@pytest.mark.django_db
def test_a_document_is_read_again_only_after_it_was_written(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    [key] = plan(led(9))
    assert [score.staffed for score in read_scores(TODAY)] == [1]

    with django_assert_num_queries(1):
        read_scores(TODAY)

    write_in_sql(f"{{departures,{key},team}}", "[]")
    assert [score.staffed for score in read_scores(TODAY)] == [0]


@pytest.mark.django_db
def test_what_awaits_approval_does_so_until_it_is_over() -> None:
    waiting = [TeamMemberFactory(assignment_status=AssignmentStatus.PENDING_APPROVAL)]
    plan(led(9, 3, team=waiting), led(9))

    [score] = read_scores(TODAY)

    assert score.awaiting(SIX) == 1
    assert score.awaiting(SIX + timedelta(hours=6)) == 0


def test_what_is_planned_is_drawn_otherwise_than_what_was() -> None:
    chart = chart_of([scored(-1, 80), scored(0, 90), scored(3, 100)], TODAY)

    assert chart is not None
    assert [line.is_planned for line in chart.lines] == [False, True]
    assert chart.present == scored(0, 90)
    assert chart.worst == scored(-1, 80)


def test_a_better_score_is_higher_and_a_later_date_further_right() -> None:
    chart = chart_of([scored(-14, 71), scored(0, 90), scored(14, HIGHEST)], TODAY)

    assert chart is not None
    first, today, last = chart.points
    assert first.x < today.x < last.x
    assert first.y > today.y > last.y
    assert (first.x, last.x, last.y) == (chart.left, chart.right, chart.top)
    assert today.x == chart.today_x
    assert [level.value for level in chart.levels] == [100, 85, 70]


def test_perfect_plans_are_a_line_at_the_top() -> None:
    chart = chart_of([scored(0, HIGHEST)], TODAY)

    assert chart is not None
    assert [point.y for point in chart.points] == [chart.top]


def test_without_a_plan_there_is_no_picture() -> None:
    assert chart_of([], TODAY) is None
