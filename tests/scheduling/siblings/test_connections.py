"""Connections to siblings: kept while they are of use, replaced when they are not, and of one process alone."""

import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from socket import SHUT_RDWR
from threading import Event
from typing import Any

import pytest

from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.sandbox.embedded import free_port
from scheduling.domain.facts import Sibling
from scheduling.siblings import SiblingFailure
from scheduling.siblings.calls import Call, Payload
from scheduling.siblings.client import SiblingReader, send
from scheduling.siblings.connections import close_idle_connections
from scheduling.siblings.tasks import run
from tests.scheduling.siblings.circuits import close_all_circuits
from tests.scheduling.siblings.misbehaving import saying, server

CALL = Call(Sibling.WEATHER, "getAnything", "/anything", params={"station_id": "a b&c"}, names_resource=True)
NUMBER = b'{"number": 1}'


class Anything(Payload):
    number: int


@pytest.fixture(autouse=True)
def _new_connections() -> Iterator[None]:
    close_all_circuits()
    close_idle_connections()
    yield
    close_idle_connections()
    close_all_circuits()


def read(seconds: float = 2.0) -> Anything:
    return run(SiblingReader(Deadline.after(seconds)).get(CALL, Anything))


def test_calls_one_after_the_other_share_a_connection(settings: Any) -> None:
    with server(settings, saying(NUMBER), version="HTTP/1.1") as received:
        read()
        read()
        send(Call(Sibling.WEATHER, "tellAnything", "/anything", body={"a": 1}), Anything, Deadline.after(2))

    assert len(received) == 3
    assert len({headers["peer"] for headers in received}) == 1


def test_a_connection_that_the_sibling_has_closed_meanwhile_is_replaced_unnoticed(settings: Any) -> None:
    closed = Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        saying(NUMBER)(request)
        request.connection.shutdown(SHUT_RDWR)
        request.close_connection = True
        closed.set()

    with server(settings, answer, version="HTTP/1.1") as received:
        read()
        closed.wait(2)
        read()

    assert len({headers["peer"] for headers in received}) == len(received) == 2


def test_after_an_answer_that_did_not_come_in_time_the_connection_is_not_used_again(settings: Any) -> None:
    was_given_up = Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        was_given_up.wait(2)
        saying(NUMBER)(request)

    with server(settings, answer, version="HTTP/1.1") as received:
        with pytest.raises(SiblingFailure, match="no answer within"):
            read(seconds=0.05)
        was_given_up.set()
        assert read().number == 1

    assert len({headers["peer"] for headers in received}) == 2


def test_an_answer_that_is_shorter_than_it_says_is_none(settings: Any) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(NUMBER) + 1))
        request.end_headers()
        request.wfile.write(NUMBER)
        request.close_connection = True

    with server(settings, answer), pytest.raises(SiblingFailure, match="PARTIAL_FILE") as raised:
        read()

    assert raised.value.reason == "unreachable"


def test_a_sibling_that_nobody_serves_is_out_of_reach_and_not_slow(settings: Any) -> None:
    settings.SIBLING_URLS = {**settings.SIBLING_URLS, Sibling.WEATHER: f"http://127.0.0.1:{free_port()}"}

    with pytest.raises(SiblingFailure, match=r"no usable answer \(ConnectionRefusedError\)") as raised:
        read()

    assert raised.value.reason == "unreachable"


def test_an_answer_in_chunks_is_put_together(settings: Any) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"4\r\n" + NUMBER[:4] + b"\r\n9\r\n" + NUMBER[4:] + b"\r\n0\r\n\r\n")

    with server(settings, answer, version="HTTP/1.1") as received:
        assert [read().number, read().number] == [1, 1]

    assert len({headers["peer"] for headers in received}) == 1


def test_parameters_reach_the_sibling_as_they_are(settings: Any) -> None:
    paths = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        paths.append(request.path)
        saying(NUMBER)(request)

    with server(settings, answer):
        read()

    assert paths == ["/anything?station_id=a+b%26c"]


def test_a_process_forked_in_the_middle_calls_by_connections_of_its_own(settings: Any) -> None:
    with server(settings, saying(NUMBER), version="HTTP/1.1") as received:
        read()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code -= read().number
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        read()

    assert status == 0
    first, of_the_child, second = (headers["peer"] for headers in received)
    assert first == second != of_the_child
