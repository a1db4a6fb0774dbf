"""Who has a departure open, and who of them may change it."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django_redis import get_redis_connection

from novatrek_scheduling.console.visitors import editors_of, visit
from scheduling.daily_schedules.presence import reset_backoff
from tests.factories import TOMORROW

FIRST, SECOND = uuid4(), uuid4()


@pytest.fixture(autouse=True)
def _nobody_present() -> None:
    get_redis_connection("default").flushdb()


@pytest.fixture
def without_valkey(settings: Any) -> Iterator[None]:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    yield
    reset_backoff()


def names(besides: str = "") -> dict[object, list[str]]:
    return {key: [visitor.name for visitor in found] for key, found in editors_of(TOMORROW, besides=besides).items()}


def test_those_who_may_change_departures_edit_them_each_their_own() -> None:
    visit(TOMORROW, FIRST, "ben ito", may_change=True)
    visit(TOMORROW, SECOND, "dana", may_change=True)
    visit(TOMORROW, FIRST, "an auditor", may_change=False)

    assert names() == {FIRST: ["ben ito"], SECOND: ["dana"]}
    assert names(besides="dana") == {FIRST: ["ben ito"]}
    assert visit(TOMORROW, FIRST, "dana", may_change=True) == ("an auditor", "ben ito")


def test_saying_again_that_it_is_open_leaves_since_when() -> None:
    visit(TOMORROW, FIRST, "ben", may_change=True)
    [[before]] = editors_of(TOMORROW, besides="").values()

    visit(TOMORROW, FIRST, "ben", may_change=True)

    assert [list(found) for found in editors_of(TOMORROW, besides="").values()] == [[before]]


def test_who_has_closed_it_is_forgotten_and_comes_back_as_of_then() -> None:
    visit(TOMORROW, FIRST, "ben", may_change=True)
    [[before]] = editors_of(TOMORROW, besides="").values()
    lapse()
    assert names() == {}

    visit(TOMORROW, FIRST, "ben", may_change=True)

    [[after]] = editors_of(TOMORROW, besides="").values()
    assert after.since > before.since


def test_nobody_is_shown_while_valkey_is_unavailable(without_valkey: None) -> None:
    assert visit(TOMORROW, FIRST, "ben", may_change=True) == ()
    assert names() == {}


def lapse() -> None:
    """Have everybody be as if they had closed the departure a while ago."""
    valkey, key = get_redis_connection("default"), f"visitors:{TOMORROW}"
    for member in valkey.zrange(key, 0, -1):
        valkey.zadd(key, {member: 1})
