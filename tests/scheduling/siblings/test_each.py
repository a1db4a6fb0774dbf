"""Calls for each of many items, by a few workers of the process."""

from threading import Barrier, Event, current_thread

import pytest

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings import SiblingNotFound, SiblingUnavailable
from scheduling.siblings.parallel import CALLS_AT_ONCE, Lookups

WEATHER = Sibling.WEATHER


def halved(number: int) -> int:
    if number % 2:
        raise SiblingNotFound(WEATHER, f"half of {number}")
    return number // 2


def test_each_item_has_its_own_result_or_failure() -> None:
    with Lookups(Deadline.after(5)) as lookups:
        halves = lookups.each(WEATHER, halved, range(200))

        assert [halves.of(number) for number in range(0, 200, 2)] == list(range(100))
        with pytest.raises(SiblingNotFound, match="half of 7"):
            halves.of(7)


def test_items_are_taken_in_their_order() -> None:
    taken: list[int] = []

    with Lookups(Deadline.after(5)) as lookups:
        lookups.each(WEATHER, taken.append, range(5000)).of(0)

    # Workers that take turns in between differ by less than there are workers.
    assert all(abs(place - item) < 10 * CALLS_AT_ONCE for place, item in enumerate(taken))


def test_as_many_calls_are_under_way_as_a_sibling_may_have() -> None:
    all_at_once = Barrier(CALLS_AT_ONCE)

    with Lookups(Deadline.after(5)) as lookups:
        waiting = lookups.each(WEATHER, lambda _: all_at_once.wait(4) >= 0, range(CALLS_AT_ONCE))

        assert all(waiting.of(item) for item in range(CALLS_AT_ONCE))


def test_what_is_not_answered_by_the_deadline_is_unavailable_and_the_rest_is_there() -> None:
    never = Event()

    def answer(item: int) -> str:
        if item == 1:
            never.wait(5)
        return current_thread().name

    with Lookups(Deadline.after(0.1)) as lookups:
        answers = lookups.each(WEATHER, answer, range(3))

        assert all(answers.of(item).startswith(WEATHER) for item in (0, 2))
        with pytest.raises(SiblingUnavailable, match="deadline"):
            answers.of(1)
        never.set()


def test_no_further_call_is_made_once_nobody_waits() -> None:
    over, made = Event(), list[int]()

    def call(item: int) -> None:
        made.append(item)
        over.wait(5)

    with Lookups(Deadline.after(0.01)) as lookups, pytest.raises(SiblingUnavailable):
        lookups.each(WEATHER, call, range(10 * CALLS_AT_ONCE)).of(0)
    over.set()

    with Lookups(Deadline.after(5)) as lookups:
        lookups.map_calls(WEATHER, lambda _: None, range(CALLS_AT_ONCE))
    assert len(made) <= CALLS_AT_ONCE
