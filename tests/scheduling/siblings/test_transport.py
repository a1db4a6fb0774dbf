"""What holds of the transport whoever speaks to us: no proxy, no redirect, nothing sent twice, nothing endless."""

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import IPv4Address
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Barrier
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.sandbox.embedded import free_port
from scheduling.domain.facts import Sibling
from scheduling.siblings import SiblingFailure
from scheduling.siblings.calls import Call, Payload
from scheduling.siblings.client import SiblingReader, send
from scheduling.siblings.connections import MAX_RESPONSE_BYTES, close_idle_connections
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.tasks import run
from tests.scheduling.siblings.circuits import close_all_circuits
from tests.scheduling.siblings.misbehaving import saying, server

CALL = Call(Sibling.WEATHER, "getAnything", "/anything", names_resource=True)
NUMBER = b'{"number": 1}'
PATIENT_SECONDS = 20.0
ROOT = Path(__file__).parents[3]


class Anything(Payload):
    number: int


@pytest.fixture(autouse=True)
def _new_connections() -> Iterator[None]:
    close_all_circuits()
    close_idle_connections()
    yield
    close_idle_connections()
    close_all_circuits()


def read() -> Anything:
    return run(SiblingReader(Deadline.after(PATIENT_SECONDS)).get(CALL, Anything))


def test_proxies_of_the_environment_are_not_for_siblings(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")

    with server(settings, saying(NUMBER)):
        assert read().number == 1


def test_a_sibling_without_an_address_is_out_of_reach_and_not_slow(settings: Any) -> None:
    # A name that is too long: no name server is asked.
    settings.SIBLING_URLS = {**settings.SIBLING_URLS, Sibling.WEATHER: f"http://{'a' * 64}.invalid"}

    with pytest.raises(SiblingFailure, match=r"no usable answer \(COULDNT_RESOLVE_HOST\)") as raised:
        read()

    assert raised.value.reason == "unreachable"


def test_a_sibling_is_found_by_its_name(settings: Any) -> None:
    with server(settings, saying(NUMBER)):
        settings.SIBLING_URLS = {
            sibling: url.replace("127.0.0.1", "localhost") for sibling, url in settings.SIBLING_URLS.items()
        }
        assert read().number == 1


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/", "telnet://127.0.0.1/"])
def test_only_http_is_spoken(settings: Any, url: str) -> None:
    settings.SIBLING_URLS = {**settings.SIBLING_URLS, Sibling.WEATHER: url}

    with pytest.raises(SiblingFailure, match="UNSUPPORTED_PROTOCOL"):
        read()


def test_no_redirect_is_followed(settings: Any) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", "/elsewhere")
        request.send_header("Content-Length", "0")
        request.end_headers()

    with server(settings, answer) as received, pytest.raises(SiblingFailure, match="status 302"):
        read()

    assert len(received) == 1


@pytest.mark.parametrize("states_length", [True, False])
def test_an_answer_that_is_too_large_is_none(settings: Any, states_length: bool) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        if states_length:
            request.send_header("Content-Length", str(MAX_RESPONSE_BYTES + 1))
        request.end_headers()
        megabyte = b" " * 1024 * 1024
        for _ in range(0 if states_length else MAX_RESPONSE_BYTES // len(megabyte) + 1):
            request.wfile.write(megabyte)

    with server(settings, answer), pytest.raises(SiblingFailure, match="FILESIZE_EXCEEDED") as raised:
        read()

    assert raised.value.reason == "unreachable"


def test_what_may_have_been_received_is_not_sent_again(settings: Any) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.command == "GET":
            saying(NUMBER)(request)
        else:
            request.rfile.read(int(request.headers["Content-Length"]))
            request.connection.shutdown(SHUT_RDWR)
            request.close_connection = True

    call = Call(Sibling.WEATHER, "tellAnything", "/anything", body={"a": 1}, key="message-1")
    with server(settings, answer, version="HTTP/1.1") as received:
        read()
        with pytest.raises(SiblingFailure, match="no usable answer"):
            send(call, Anything, Deadline.after(PATIENT_SECONDS))

    assert [headers.get("idempotency-key") for headers in received] == [None, "message-1"]


def test_a_long_message_is_sent_at_once_and_whole(settings: Any) -> None:
    lengths = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        lengths.append(len(request.rfile.read(int(request.headers["Content-Length"]))))
        saying(NUMBER)(request)

    call = Call(Sibling.WEATHER, "tellAnything", "/anything", body={"text": "x" * 3_000_000})
    with server(settings, answer, version="HTTP/1.1") as received:
        assert send(call, Anything, Deadline.after(PATIENT_SECONDS)).number == 1

    assert lengths == [3_000_012]
    assert "expect" not in received[0]


def test_a_sibling_that_closes_each_connection_without_a_word_answers_a_batch(settings: Any) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        saying(NUMBER)(request)
        request.connection.shutdown(SHUT_RDWR)
        request.close_connection = True

    with server(settings, answer, version="HTTP/1.1"), Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
        reader = SiblingReader(lookups.deadline)
        numbers = lookups.each(Sibling.WEATHER, lambda _: reader.get(CALL, Anything), range(200))

        assert {numbers.of(item).number for item in range(200)} == {1}


def test_connections_that_a_sibling_closed_all_at_once_are_replaced_unnoticed(settings: Any) -> None:
    together, open_connections = Barrier(20), list[socket]()

    def answer(request: BaseHTTPRequestHandler) -> None:
        open_connections.append(request.connection)
        if len(open_connections) <= together.parties:
            together.wait(PATIENT_SECONDS)
        saying(NUMBER)(request)

    with server(settings, answer, version="HTTP/1.1") as received:
        with Lookups(Deadline.after(PATIENT_SECONDS)) as lookups:
            reader = SiblingReader(lookups.deadline)
            lookups.each(Sibling.WEATHER, lambda _: reader.get(CALL, Anything), range(together.parties)).of(0)
        for connection in open_connections:
            connection.shutdown(SHUT_RDWR)

        assert read().number == 1

    assert len(received) == together.parties + 1


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return the context of a server on 127.0.0.1, and its self-signed certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sibling")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file, key_file)
    return context, certificate_file


def test_a_sibling_whose_certificate_nobody_vouches_for_is_not_asked(settings: Any, tmp_path: Path) -> None:
    context, _ = certified(tmp_path)

    with (
        server(settings, saying(NUMBER), tls=context) as received,
        pytest.raises(SiblingFailure, match="PEER_FAILED_VERIFICATION") as raised,
    ):
        read()

    assert raised.value.reason == "unreachable"
    assert received == []


def test_a_sibling_is_asked_whose_certificate_the_machine_trusts(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with server(settings, saying(NUMBER), version="HTTP/1.1", tls=context) as received:
        assert [read().number for _ in range(3)] == [1, 1, 1]

    assert len({headers["peer"] for headers in received}) == 1


FORKING = """
import os, sys
from scheduling.siblings.connections import Request
from scheduling.siblings.tasks import exchange, run

def ask():
    return run(exchange(Request(sys.argv[1], []), 20.0)).status

assert ask() == 200
child = os.fork()
if child == 0:
    assert ask() == 200
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
assert ask() == 200
"""


def test_a_forked_process_that_ends_leaves_the_encrypted_connections_of_its_parent_alone(
    settings: Any, tmp_path: Path
) -> None:
    context, certificate = certified(tmp_path)

    with server(settings, saying(NUMBER), version="HTTP/1.1", tls=context) as received:
        command = [sys.executable, "-c", FORKING, settings.SIBLING_URLS[Sibling.WEATHER]]
        environment = os.environ | {"SSL_CERT_FILE": str(certificate)}
        subprocess.run(command, env=environment, cwd=ROOT, check=True, timeout=PATIENT_SECONDS)

    first, of_the_child, second = (headers["peer"] for headers in received)
    assert first == second != of_the_child
