from typing import Any

import pytest
from django.test import Client
from django_redis import get_redis_connection

from novatrek_scheduling.api import throttling
from novatrek_scheduling.environment import Rate
from tests.tokens import bearer

ECHO = "/scheduling/v1/echo"


@pytest.fixture(autouse=True)
def _fresh_counters(monkeypatch: pytest.MonkeyPatch) -> None:
    get_redis_connection("default").flushdb()
    monkeypatch.setattr(throttling.SubjectThrottle, "_trusted_again_at", 0.0)


def statuses(api: Client, times: int, subject: str = "ana") -> list[int]:
    return [api.get(ECHO, headers=bearer(subject=subject)).status_code for _ in range(times)]


def test_a_subject_over_its_rate_is_told_when_to_come_back(api: Client, settings: Any) -> None:
    settings.THROTTLE_RATE = Rate(3, 3600)

    assert statuses(api, 4) == [200, 200, 200, 429]
    response = api.get(ECHO, headers=bearer())
    assert response.json()["code"] == "THROTTLED"
    assert 1 <= int(response["Retry-After"]) <= 7200


def test_each_subject_has_a_count_of_its_own(api: Client, settings: Any) -> None:
    settings.THROTTLE_RATE = Rate(2, 3600)

    assert statuses(api, 3, "ana") == [200, 200, 429]
    assert statuses(api, 2, "bo") == [200, 200]


def test_the_rate_can_be_switched_off(api: Client, settings: Any) -> None:
    settings.THROTTLE_RATE = None

    assert statuses(api, 5) == [200] * 5


def test_without_valkey_everybody_may_pass(api: Client, settings: Any) -> None:
    settings.THROTTLE_RATE = Rate(1, 3600)
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }

    assert statuses(api, 3) == [200, 200, 200]


@pytest.mark.parametrize(
    ("second", "current", "previous", "wait"),
    [
        (0, 40, 60, None),  # the whole of the last minute still counts
        (0, 41, 60, 1.0),
        (30, 70, 60, None),
        (30, 71, 60, 1.0),
        (50, 101, 0, 11.0),
        (0, 100, 100, 60.0),
    ],
)
def test_the_last_period_counts_as_far_as_it_reaches_into_the_window(
    second: int, current: int, previous: int, wait: float | None
) -> None:
    assert throttling._wait(Rate(100, 60), 600.0 + second, current, previous) == wait
