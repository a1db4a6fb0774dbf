"""The ports of embedded servers."""

import socket

from novatrek_scheduling.sandbox.embedded import free_port


def test_a_free_port_is_none_that_an_outgoing_connection_could_take_meanwhile() -> None:
    ports = {free_port() for _ in range(50)}

    assert min(ports) >= 20_000
    assert max(ports) < 32_000


def test_a_free_port_can_be_listened_on() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port()))
        server.listen()
