"""Reports on fragility: kept at a revision, found again, and answered while siblings are silent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from threading import Barrier

import pytest
from django.core.cache import caches
from django.db import connection
from pytest_django.fixtures import Settings

from optimization.fragility import services
from optimization.fragility.services import FoundFragility, current_report, refresh_reports
from optimization.models import FragilityReport
from optimization.tasks import refresh_fragility_task
from scheduling.models import DailySchedule
from scheduling.siblings.errors import SiblingUnavailable
from tests.optimization.fragility.planned import plan_tomorrow, silence, write_again
from tests.scheduling.siblings.circuits import close_all_circuits
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> DailySchedule:
    return plan_tomorrow(siblings)


def test_a_report_is_kept_until_the_daily_schedule_is_written(planned: DailySchedule) -> None:
    first, again = current_report(planned), current_report(planned)
    written = write_again(planned.schedule_date)

    later = current_report(written)

    assert first.report["departures"] > 0
    assert (first.rev, first.found_at) == (planned.rev, again.found_at)
    assert (later.rev, FragilityReport.objects.get().rev) == (written.rev, written.rev)


def test_while_siblings_are_silent_the_latest_report_is_answered(
    planned: DailySchedule, siblings: SimulatedSiblings
) -> None:
    kept = current_report(planned)
    written = write_again(planned.schedule_date)
    silence(siblings)

    assert current_report(written).rev == kept.rev < written.rev

    FragilityReport.objects.all().delete()
    with pytest.raises(SiblingUnavailable):
        current_report(written)


def test_the_reports_of_the_next_dates_are_found_once_a_revision_and_again_after_an_hour(
    planned: DailySchedule, siblings: SimulatedSiblings
) -> None:
    now = datetime.combine(siblings.today, time(1), UTC)

    assert [refresh_reports(now) for _ in range(2)] == [1, 0]

    write_again(planned.schedule_date)
    assert refresh_reports(now) == 1
    found_at = FragilityReport.objects.get().found_at
    assert refresh_reports(found_at + timedelta(hours=2)) == 1


def test_beat_has_the_reports_found(planned: DailySchedule, settings: Settings) -> None:
    assert settings.CELERY_BEAT_SCHEDULE["refresh-fragility"]["task"] == refresh_fragility_task.name

    refresh_fragility_task()

    assert FragilityReport.objects.get().rev == planned.rev


def test_a_report_with_gaps_is_found_again_until_siblings_answer(
    planned: DailySchedule, siblings: SimulatedSiblings
) -> None:
    now = datetime.combine(siblings.today, time(1), UTC)
    caches["siblings"].clear()
    siblings.switch("svc-trail-management", "down")

    assert [refresh_reports(now) for _ in range(2)] == [1, 1]
    assert "trail" in FragilityReport.objects.get().report["unknown"][0]

    siblings.switch("svc-trail-management", "ok")
    close_all_circuits()
    assert [refresh_reports(now) for _ in range(2)] == [1, 0]


def test_dates_beyond_the_next_three_wait_and_those_that_are_over_are_forgotten(
    planned: DailySchedule, siblings: SimulatedSiblings
) -> None:
    five_days_before = datetime.combine(planned.schedule_date - timedelta(days=5), time(1), UTC)

    assert refresh_reports(five_days_before) == 0

    current_report(planned)
    refresh_reports(five_days_before + timedelta(days=10))
    assert not FragilityReport.objects.exists()


def test_while_a_sibling_is_silent_nothing_is_found_and_nothing_fails(
    planned: DailySchedule, siblings: SimulatedSiblings
) -> None:
    silence(siblings)

    assert refresh_reports(datetime.combine(siblings.today, time(1), UTC)) == 0


@pytest.mark.parametrize(("rev", "minutes", "stays"), [(4, 9, False), (5, -1, False), (5, 1, True), (6, -9, True)])
def test_of_two_reports_at_once_the_newer_stays(rev: int, minutes: int, *, stays: bool) -> None:
    day, found_at = datetime(2027, 5, 1, tzinfo=UTC).date(), datetime(2027, 5, 1, tzinfo=UTC)
    services.keep_report(FoundFragility(day, 5, found_at, {"is": "first"}))

    services.keep_report(FoundFragility(day, rev, found_at + timedelta(minutes=minutes), {"is": "second"}))

    assert FragilityReport.objects.get().report == {"is": "second" if stays else "first"}


@pytest.mark.django_db(transaction=True)
def test_of_many_reports_at_the_same_moment_the_newest_stays() -> None:
    noon = datetime(2027, 5, 1, 12, tzinfo=UTC)
    together = Barrier(4)

    def keep(minute: int) -> None:
        found = FoundFragility(noon.date(), 5, noon + timedelta(minutes=minute), {"minute": minute})
        try:
            together.wait(timeout=10)
            services.keep_report(found)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, (3, 1, 4, 2)))

    assert FragilityReport.objects.get().report == {"minute": 4}
