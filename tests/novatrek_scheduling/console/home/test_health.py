"""What plans rest on: which sibling answers, how old what is known is, what the monitors saw."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from conflicts.models import MonitorPass
from novatrek_scheduling.console.home.health import Health, read_health
from scheduling.domain.facts import Sibling
from scheduling.models import LastGoodAnswer
from scheduling.siblings.circuit_breaker import MAX_FAILURES, circuit_of
from tests.scheduling.siblings.circuits import close_all_circuits

pytestmark = pytest.mark.django_db

NOW = timezone.now()
RAINIER = "svc-weather did not answer; not known: the weather of Rainier."


@pytest.fixture(autouse=True)
def _closed_circuits() -> Iterator[None]:
    close_all_circuits()
    yield
    close_all_circuits()


def a_pass(minutes_ago: float, not_read: Sequence[str] = ()) -> None:
    moment = NOW - timedelta(minutes=minutes_ago)
    MonitorPass.objects.create(
        status=MonitorPass.Status.COMPLETED,
        started_at=moment,
        lease_until=moment,
        completed_at=moment,
        not_read=[*not_read],
        dates=14,
        departures=380,
    )


def words_of(health: Health) -> dict[Sibling, tuple[str, str]]:
    return {found.sibling: (str(found.look.word), found.heard.replace("\xa0", " ")) for found in health.siblings}


def test_all_is_well_where_the_last_pass_read_everything() -> None:
    a_pass(0.2)

    health = read_health(NOW)

    assert str(health.monitors.look.word) == "Everything is watched"
    assert health.monitors.text == "The monitors last read everything just now: 380 departures on 14 dates."
    assert set(words_of(health).values()) == {("Answers", "just now")}


def test_a_silent_sibling_is_named_with_the_age_of_what_is_known() -> None:
    a_pass(7)
    a_pass(0.2, [RAINIER])

    health = read_health(NOW)

    assert words_of(health)[Sibling.WEATHER] == ("Silent", "7 minutes ago")
    assert words_of(health)[Sibling.GUIDE_MANAGEMENT] == ("Answers", "just now")
    assert str(health.monitors.look.word) == "Not everything is watched"
    assert health.monitors.not_read == (RAINIER,)


def test_an_answer_that_is_not_believed_says_what_it_was() -> None:
    a_pass(0.2)
    LastGoodAnswer.objects.create(
        sibling=Sibling.TRAIL_MANAGEMENT,
        resource="TRAILS",
        read_at=NOW,
        suspicion="5 of 6 trails are not of use any more",
        suspected_at=NOW,
    )

    [trails] = [found for found in read_health(NOW).siblings if found.sibling is Sibling.TRAIL_MANAGEMENT]

    assert str(trails.look.word) == "Not believed"
    assert trails.doubted == ("Trails: 5 of 6 trails are not of use any more",)
    assert trails.address.endswith("?sibling=svc-trail-management&state=doubted")


def test_a_sibling_that_failed_again_and_again_is_not_asked() -> None:
    a_pass(0.2)
    for _ in range(MAX_FAILURES):
        circuit_of(Sibling.GUIDE_MANAGEMENT).record(succeeded=False)

    assert words_of(read_health(NOW))[Sibling.GUIDE_MANAGEMENT][0] == "Not asked"


def test_where_nobody_watches_nothing_is_current(settings: LazySettings) -> None:
    settings.MONITOR_INTERVAL_SECONDS = 60
    a_pass(20)

    health = read_health(NOW)

    assert str(health.monitors.look.word) == "Not everything is watched"
    assert set(words_of(health).values()) == {("Not read lately", "20 minutes ago")}


def test_before_the_first_pass_nothing_has_been_heard() -> None:
    health = read_health(NOW)

    assert health.monitors.text == "The monitors have not read everything yet."
    assert set(words_of(health).values()) == {("Not read lately", "not heard of yet")}


def test_it_takes_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for minutes in range(1, 20):
        a_pass(minutes, [RAINIER] if minutes % 2 else [])

    with django_assert_num_queries(2):
        read_health(NOW)
