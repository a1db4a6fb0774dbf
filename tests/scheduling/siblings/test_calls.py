"""The HTTP exchange with a sibling, tested against a local server that can also misbehave."""

from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any, ClassVar

import pytest
import structlog

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings import SiblingFailure, SiblingNotFound, SiblingRefusal
from scheduling.siblings.calls import Call, Payload
from scheduling.siblings.client import SiblingReader, send
from scheduling.siblings.paging import read_all_pages, read_lists
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.records import RecordList
from scheduling.siblings.tasks import run
from tests.scheduling.siblings.misbehaving import saying, server

CALL = Call(Sibling.WEATHER, "getAnything", "/anything", names_resource=True)


class Anything(Payload):
    number: int


def read(seconds: float = 2.0) -> Anything:
    return run(read_within(seconds))


async def read_within(seconds: float) -> Anything:
    return await SiblingReader(Deadline.after(seconds)).get(CALL, Anything)


def test_a_call_carries_our_token_and_the_trace(settings: Any) -> None:
    with (
        server(settings, saying(b'{"number": 1}')) as received,
        structlog.contextvars.bound_contextvars(request_id="request-\u00e9", trace_id="a" * 32),
    ):
        read()

    [headers] = received
    assert headers["authorization"] == f"Bearer {settings.SIBLING_TOKEN}"
    assert headers["x-request-id"] == "request-\u00e9"
    assert headers["traceparent"].startswith(f"00-{'a' * 32}-")


def test_the_trace_reaches_calls_that_are_made_side_by_side(settings: Any) -> None:
    with (
        server(settings, saying(b'{"number": 1}')) as received,
        structlog.contextvars.bound_contextvars(request_id="request-2"),
        Lookups(Deadline.after(2)) as lookups,
    ):
        lookups.each(Sibling.WEATHER, lambda _: read_within(2.0), range(3)).of(0)

    assert {headers["x-request-id"] for headers in received} == {"request-2"}


def test_a_call_without_a_request_has_ids_of_its_own(settings: Any) -> None:
    with server(settings, saying(b'{"number": 1}')) as received:
        read()

    assert received[0]["x-request-id"]
    assert received[0]["traceparent"].startswith("00-")


def test_what_fails_in_passing_is_asked_again(settings: Any) -> None:
    answers = iter([saying(b"", 503), saying(b"", 500), saying(b'{"number": 3}')])

    def answer(request: BaseHTTPRequestHandler) -> None:
        next(answers)(request)

    with server(settings, answer) as received:
        assert read().number == 3

    assert len(received) == 3


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"number": "1"}', b"{}", b'{"number": null}'])
def test_an_answer_off_the_contract_is_a_failure_and_not_asked_for_again(settings: Any, body: bytes) -> None:
    with server(settings, saying(body)) as received, pytest.raises(SiblingFailure) as raised:
        read()

    assert raised.value.reason == "off_contract"
    assert (raised.value.sibling, raised.value.operation) == (Sibling.WEATHER, "getAnything")
    assert len(received) == 1


@pytest.mark.parametrize("status", [301, 400, 401, 403, 429])
def test_a_status_that_no_answer_has_is_a_failure(settings: Any, status: int) -> None:
    with server(settings, saying(b'{"number": 1}', status)), pytest.raises(SiblingFailure, match=str(status)):
        read()


def test_not_found_is_told_from_failure(settings: Any) -> None:
    with server(settings, saying(b"{}", 404)):
        with pytest.raises(SiblingNotFound):
            read()
        with pytest.raises(SiblingFailure, match="404"):
            run(SiblingReader(Deadline.after(2)).get(Call(Sibling.WEATHER, "listAnything", "/all"), Anything))


def test_an_answer_that_trickles_in_is_not_waited_for(settings: Any) -> None:
    def trickle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000000")
        request.end_headers()
        for _ in range(1_000_000):
            try:
                request.wfile.write(b" ")
            except OSError:
                return

    with server(settings, trickle), pytest.raises(SiblingFailure, match="no answer within"):
        read(seconds=0.3)


def test_an_answer_is_waited_for_as_long_as_the_settings_say_and_asked_for_three_times(settings: Any) -> None:
    settings.SIBLING_READ_SECONDS = 0.04
    was_given_up = Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        was_given_up.wait(2)
        saying(b'{"number": 1}')(request)

    with server(settings, answer) as received:
        with pytest.raises(SiblingFailure, match="no answer within"):
            read(seconds=60.0)
        was_given_up.set()

    assert len(received) == 3


def test_what_is_told_is_told_once_with_its_key(settings: Any) -> None:
    call = Call(Sibling.WEATHER, "tellAnything", "/anything", body={"a": 1}, key="message-1")
    with server(settings, saying(b"", 503)) as received, pytest.raises(SiblingFailure):
        send(call, Anything, Deadline.after(2))

    assert [headers["idempotency-key"] for headers in received] == ["message-1"]


def test_a_refusal_says_what_the_sibling_said(settings: Any) -> None:
    call = Call(Sibling.WEATHER, "tellAnything", "/anything", body={})
    body = b'{"error_code": "NO", "message": "Not on a Sunday."}'
    with server(settings, saying(body, 422)), pytest.raises(SiblingRefusal, match="Not on a Sunday") as raised:
        send(call, Anything, Deadline.after(2))

    assert raised.value.status == 422


class Numbers(RecordList):
    RECORDS: ClassVar[str] = "numbers"

    numbers: list[int]

    @property
    def entries(self) -> list[int]:
        return self.numbers

    @property
    def total(self) -> int | None:
        return None


def test_pages_of_an_unknown_number_are_read_to_the_last() -> None:
    pages = [Numbers(numbers=list(range(100))), Numbers(numbers=list(range(100, 200))), Numbers(numbers=[200])]

    async def page(index: int) -> Numbers:
        return pages[index]

    with Lookups(Deadline.after(2)) as lookups:
        reading = lookups.branch(read_all_pages, lookups, Sibling.WEATHER, "listNumbers", page)
        numbers: Any = lookups.result(Sibling.WEATHER, reading)

    assert numbers.entries == list(range(201))


class NumbersOf(Numbers):
    count: int

    @property
    def total(self) -> int | None:
        return self.count


def test_lists_of_many_keys_are_read_to_their_last_pages_and_fail_by_themselves() -> None:
    async def page(length: int, index: int) -> Numbers:
        if length < 0:
            raise SiblingNotFound(Sibling.WEATHER, "listNumbers")
        numbers = list(range(length))[100 * index : 100 * (index + 1)]
        return Numbers(numbers=numbers) if length % 2 else NumbersOf(numbers=numbers, count=length)

    with Lookups(Deadline.after(2)) as lookups:
        lists = read_lists(lookups, Sibling.WEATHER, "listNumbers", page, [-1, 0, 12, 250, 251, 1000])

        assert [len(lists.of(length).entries) for length in (0, 12, 250, 251, 1000)] == [0, 12, 250, 251, 1000]
        assert lists.of(250).entries == list(range(250))
        with pytest.raises(SiblingNotFound):
            lists.of(-1)
