"""The optimizers shown at work on a date, and that no work depends on showing them."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django_redis import get_redis_connection

from scheduling.daily_schedules import presence
from scheduling.daily_schedules.presence import announce_presence, first_optimizer_of, headers_of, optimizers_of
from tests.factories import REGION_ID, TOMORROW

ELSEWHERE = uuid4()


@pytest.fixture(autouse=True)
def _nobody_at_work() -> Iterator[None]:
    get_redis_connection("default").flushdb()
    presence.reset_backoff()
    yield
    presence.reset_backoff()


@pytest.fixture
def without_valkey(settings: Any) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}


def test_who_optimizes_a_date_is_seen_until_it_is_done() -> None:
    run = uuid4()

    with announce_presence(TOMORROW, [REGION_ID], by="optimizer", run_id=run):
        optimizer = first_optimizer_of(TOMORROW)
        assert optimizer
        assert (optimizer.by, optimizer.region_ids, optimizer.run_id) == ("optimizer", frozenset({REGION_ID}), run)
        assert first_optimizer_of(TOMORROW + timedelta(days=1)) is None

    assert first_optimizer_of(TOMORROW) is None


def test_the_earliest_of_several_is_named_and_all_are_told() -> None:
    with announce_presence(TOMORROW, [REGION_ID], by="the night"), announce_presence(TOMORROW, [ELSEWHERE], by="ana"):
        assert [presence.by for presence in optimizers_of(TOMORROW)] == ["the night", "ana"]
        assert headers_of(TOMORROW)["X-Being-Optimized-By"] == "the night"


def test_an_optimizer_learns_of_those_on_regions_of_its_own() -> None:
    with (
        announce_presence(TOMORROW, [REGION_ID], by="the night") as first,
        announce_presence(TOMORROW, [ELSEWHERE], by="bo") as beside,
        announce_presence(TOMORROW, [REGION_ID, uuid4()], by="ana") as second,
        announce_presence(TOMORROW, [], by="everything") as whole,
    ):
        assert (first.others, beside.others) == ((), ())
        assert [presence.by for presence in second.others] == ["the night"]
        assert {presence.by for presence in whole.others} == {"the night", "bo", "ana"}


def test_of_many_that_begin_at_once_all_but_one_see_another() -> None:
    together, all_entered = threading.Barrier(8), threading.Barrier(8)

    def work(number: int) -> int:
        together.wait(timeout=30)
        with announce_presence(TOMORROW, [REGION_ID], by=f"worker {number}") as at_work:
            all_entered.wait(timeout=30)
            return len(at_work.others)

    with ThreadPoolExecutor(8) as pool:
        others_seen = sorted(pool.map(work, range(8)))

    assert others_seen == list(range(8))


def test_one_that_fails_is_not_at_work_any_more() -> None:
    with pytest.raises(RuntimeError), announce_presence(TOMORROW, [REGION_ID], by="optimizer"):
        raise RuntimeError

    assert first_optimizer_of(TOMORROW) is None


def test_the_mark_of_one_that_was_killed_lapses_later_than_any_task_lives(settings: Any) -> None:
    assert settings.LOCK_CACHE_SECONDS > settings.TASK_TIME_LIMIT_SECONDS

    with announce_presence(TOMORROW, [REGION_ID], by="alive"):
        seconds = get_redis_connection("default").ttl(f"optimizing:{TOMORROW}")

    assert settings.TASK_TIME_LIMIT_SECONDS < seconds <= settings.LOCK_CACHE_SECONDS


def test_a_mark_that_has_lapsed_is_neither_seen_nor_kept() -> None:
    with announce_presence(TOMORROW, [REGION_ID], by="killed"):
        [mark] = get_redis_connection("default").zrange(f"optimizing:{TOMORROW}", 0, -1)
    get_redis_connection("default").zadd(f"optimizing:{TOMORROW}", {mark: 1.0})
    assert first_optimizer_of(TOMORROW) is None

    with announce_presence(TOMORROW, [REGION_ID], by="alive") as at_work:
        assert at_work.others == ()
        assert get_redis_connection("default").zcard(f"optimizing:{TOMORROW}") == 1


def test_the_headers_name_who_and_since_when_in_plain_characters() -> None:
    with announce_presence(TOMORROW, [], by="Zoë\r\nX-Else: 1"):
        headers = headers_of(TOMORROW)

    assert headers["X-Being-Optimized-By"] == "Zo%C3%AB%0D%0AX-Else: 1"
    assert headers["X-Being-Optimized-Since"].endswith("Z")
    assert headers_of(TOMORROW) == {}


@pytest.mark.usefixtures("without_valkey")
def test_without_valkey_the_work_is_done_and_nobody_is_seen() -> None:
    with announce_presence(TOMORROW, [REGION_ID], by="optimizer") as at_work:
        assert at_work.others == ()
        assert first_optimizer_of(TOMORROW) is None
        assert headers_of(TOMORROW) == {}


def test_an_answer_costs_one_round_trip() -> None:
    monitor = get_redis_connection("default")
    monitor.config_resetstat()

    headers_of(TOMORROW)

    commands = {
        name: statistics["calls"] for name, statistics in monitor.info("commandstats").items() if "config" not in name
    }
    assert {name for name in commands if name.startswith("cmdstat_z")} == {"cmdstat_zrangebyscore"}
    assert commands["cmdstat_zrangebyscore"] == 1
