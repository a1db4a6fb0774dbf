"""Calls for each of many items, side by side in one thread."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from threading import Barrier, Event, Lock, Thread, active_count
from typing import Any

import pytest

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings import SiblingFailure, SiblingNotFound, SiblingUnavailable
from scheduling.siblings.calls import Call, Payload
from scheduling.siblings.circuit_breaker import MAX_FAILURES, circuit_of
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import CALLS_AT_ONCE, Each, Lookups
from scheduling.siblings.tasks import pause, run
from tests.scheduling.siblings.misbehaving import saying, server

WEATHER, CATALOG = Sibling.WEATHER, Sibling.TRIP_CATALOG
PATIENT_SECONDS = 20.0


class Number(Payload):
    number: int


async def halved(number: int) -> int:
    if number % 2:
        raise SiblingNotFound(WEATHER, f"half of {number}")
    return number // 2


def reading(lookups: Lookups, sibling: Sibling = WEATHER) -> Callable[[int], Any]:
    """Return a function that reads the number of a path."""
    reader = SiblingReader(lookups.deadline)

    async def read(number: int) -> int:
        call = Call(sibling, "getNumber", f"/numbers/{number}", names_resource=True)
        return (await reader.get(call, Number)).number

    return read


def each_of(lookups: Lookups, numbers: range, sibling: Sibling = WEATHER) -> Each[int, int]:
    return lookups.each(sibling, reading(lookups, sibling), numbers)


def number_of(request: BaseHTTPRequestHandler) -> int:
    return int(request.path.rpartition("/")[2])


def say_its_number(request: BaseHTTPRequestHandler) -> None:
    saying(b'{"number": %d}' % number_of(request))(request)


class Crowd:
    """Answers requests with their number, and remembers how many were there at once."""

    def __init__(self, expected: int) -> None:
        self.most = self._present = 0
        self._lock = Lock()
        self._all_are_there = Barrier(expected)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self._present += 1
            self.most = max(self.most, self._present)
        self._all_are_there.wait(PATIENT_SECONDS)
        with self._lock:
            self._present -= 1
        say_its_number(request)


def test_each_item_has_its_own_result_or_failure() -> None:
    with Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
        halves = lookups.each(WEATHER, halved, range(200))

        assert [halves.of(number) for number in range(0, 200, 2)] == list(range(100))
        with pytest.raises(SiblingNotFound, match="half of 7"):
            halves.of(7)


def test_items_are_taken_in_their_order() -> None:
    taken: list[int] = []

    async def take(item: int) -> None:
        await pause(0)
        taken.append(item)

    with Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
        lookups.each(WEATHER, take, range(500)).of(0)

    assert taken == list(range(500))


def test_many_calls_need_no_thread_and_few_connections(settings: Any) -> None:
    with server(settings, say_its_number, version="HTTP/1.1") as received:
        before = active_count()
        with Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
            numbers = each_of(lookups, range(300))
            assert [numbers.of(number) for number in range(300)] == list(range(300))
            of_the_server = len({headers["peer"] for headers in received})
            assert active_count() - before <= of_the_server

    assert of_the_server <= CALLS_AT_ONCE


def test_as_many_calls_are_under_way_as_a_sibling_may_have(settings: Any) -> None:
    crowd = Crowd(CALLS_AT_ONCE)
    with server(settings, crowd.answer), Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
        first, second = (each_of(lookups, range(CALLS_AT_ONCE)) for _ in range(2))

        assert [calls.of(3) for calls in (first, second)] == [3, 3]

    assert crowd.most == CALLS_AT_ONCE


def test_calls_of_two_threads_share_the_limit_of_a_sibling(settings: Any) -> None:
    crowd, results = Crowd(CALLS_AT_ONCE), []

    def look_up() -> None:
        with Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
            results.append(each_of(lookups, range(CALLS_AT_ONCE)).of(5))

    with server(settings, crowd.answer):
        threads = [Thread(target=look_up) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENT_SECONDS)

    assert results == [5, 5]
    assert crowd.most == CALLS_AT_ONCE


def test_two_siblings_are_asked_side_by_side(settings: Any) -> None:
    crowd = Crowd(2 * CALLS_AT_ONCE)
    with server(settings, crowd.answer), Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
        calls = [each_of(lookups, range(CALLS_AT_ONCE), sibling) for sibling in (WEATHER, CATALOG)]

        assert [numbers.of(1) for numbers in calls] == [1, 1]


def test_a_call_that_fails_among_many_is_asked_again_and_hides_no_other(settings: Any) -> None:
    failed: set[int] = set()

    def answer(request: BaseHTTPRequestHandler) -> None:
        number = number_of(request)
        if number % 40 == 0 and number not in failed:
            failed.add(number)
            saying(b"", 503)(request)
        else:
            (saying(b"{}", 404) if number == 7 else say_its_number)(request)

    with server(settings, answer) as received, Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
        numbers = each_of(lookups, range(100))

        assert [numbers.of(number) for number in range(100) if number != 7] == [n for n in range(100) if n != 7]
        with pytest.raises(SiblingNotFound):
            numbers.of(7)
    assert len(received) == 103


def test_a_slow_answer_holds_a_batch_until_its_own_time_is_over_and_the_rest_is_there(settings: Any) -> None:
    settings.SIBLING_READ_SECONDS = 0.25
    over = Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        if number_of(request) == 1:
            over.wait(PATIENT_SECONDS)
        say_its_number(request)

    with server(settings, answer), Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
        numbers = each_of(lookups, range(3))

        assert (numbers.of(0), numbers.of(2)) == (0, 2)
        with pytest.raises(SiblingFailure, match="no answer within"):
            numbers.of(1)
        assert lookups.deadline.remaining() > PATIENT_SECONDS / 2
        over.set()


def test_what_is_not_answered_by_the_deadline_is_unavailable_and_the_rest_is_there(settings: Any) -> None:
    over = Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        if number_of(request) == 1:
            over.wait(PATIENT_SECONDS)
        say_its_number(request)

    with server(settings, answer), Lookups(Deadline.after(1.0)) as lookups:
        numbers = each_of(lookups, range(3))

        assert (numbers.of(0), numbers.of(2)) == (0, 2)
        with pytest.raises(SiblingUnavailable):
            numbers.of(1)
        over.set()


def test_an_answer_that_came_in_time_is_not_late_because_the_thread_was_busy(settings: Any) -> None:
    settings.SIBLING_READ_SECONDS = 0.3
    asked, may_answer, answered = Event(), Event(), Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.set()
        may_answer.wait(PATIENT_SECONDS)
        say_its_number(request)
        answered.set()

    async def be_busy() -> None:
        while not asked.is_set():
            await pause(0.001)
        may_answer.set()
        answered.wait(PATIENT_SECONDS)
        Event().wait(settings.SIBLING_READ_SECONDS)

    with server(settings, answer) as received, Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
        numbers = each_of(lookups, range(1))
        lookups.branch(be_busy)

        assert numbers.of(0) == 0
    assert len(received) == 1


def test_others_of_a_batch_wait_for_the_one_call_that_tries_a_rested_circuit(settings: Any) -> None:
    with server(settings, say_its_number) as received, Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
        circuit = circuit_of(WEATHER)
        circuit.breaker.open()
        circuit.breaker.reset_timeout = 0
        numbers = each_of(lookups, range(50))

        assert [numbers.of(number) for number in range(50)] == list(range(50))
        assert not circuit.is_open
    assert len(received) == 50


def test_a_circuit_that_opens_midway_ends_the_calls_of_a_batch(settings: Any) -> None:
    with (
        server(settings, saying(b"", 503)) as received,
        Lookups(Deadline.after(PATIENT_SECONDS)) as lookups,
    ):
        numbers = each_of(lookups, range(500))

        with pytest.raises(SiblingUnavailable, match="circuit open"):
            numbers.of(499)
    assert MAX_FAILURES <= len(received) < MAX_FAILURES + CALLS_AT_ONCE


def test_no_further_call_is_made_once_nobody_waits(settings: Any) -> None:
    over = Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        over.wait(PATIENT_SECONDS)
        say_its_number(request)

    with server(settings, answer) as received:
        with Lookups(Deadline.after(0.2)) as lookups, pytest.raises(SiblingUnavailable):
            each_of(lookups, range(10 * CALLS_AT_ONCE)).of(0)
        over.set()
        with Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
            assert each_of(lookups, range(CALLS_AT_ONCE)).of(9) == 9

    assert len(received) <= 2 * CALLS_AT_ONCE


def test_a_branch_that_was_abandoned_starts_no_further_call(settings: Any) -> None:
    over = Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        over.wait(PATIENT_SECONDS)
        say_its_number(request)

    async def branch(lookups: Lookups) -> list[int]:
        return [await lookups.call(WEATHER, reading(lookups), number) for number in range(5)]

    with server(settings, answer) as received:
        with Lookups(Deadline.after(0.1)) as lookups, pytest.raises(SiblingUnavailable):
            lookups.result(WEATHER, lookups.branch(branch, lookups))
        over.set()

    assert len(received) <= 1


def test_what_work_raises_that_is_no_answer_is_raised_to_who_waits() -> None:
    async def break_down(_: int) -> None:
        raise ZeroDivisionError

    with Lookups(Deadline.after(PATIENT_SECONDS)) as lookups, pytest.raises(ZeroDivisionError):
        lookups.each(WEATHER, break_down, range(3)).of(0)


def test_work_that_runs_other_work_instead_of_waiting_for_it_is_a_mistake() -> None:
    async def run_it(lookups: Lookups) -> int:
        return lookups.result(WEATHER, lookups.call(WEATHER, halved, 2))

    with Lookups(Deadline.after(PATIENT_SECONDS)) as lookups, pytest.raises(RuntimeError, match="awaits another one"):
        lookups.result(WEATHER, lookups.branch(run_it, lookups))


def test_work_may_wait_for_other_work() -> None:
    async def sum_of_halves(lookups: Lookups) -> int:
        return sum(await lookups.map_calls(WEATHER, halved, range(0, 200, 2)))

    async def nothing() -> int:
        return 1

    with Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
        assert lookups.result(WEATHER, lookups.branch(sum_of_halves, lookups)) == sum(range(100))
    assert run(nothing()) == 1
