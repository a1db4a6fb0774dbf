import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings
from standardwebhooks import Webhook

from events import public_network
from events.models import DeadLetter, OutboxMessage
from events.outbox import DeliveryRefused, record
from events.relay import Relay
from events.webhooks import CallbackFailed, ForbiddenCallback, deliver_callback, validate_callback_url
from novatrek_scheduling.environment import Environment

UNSPECIFIED = "0.0.0.0"  # noqa: S104 - refused as a destination, never listened on
FORBIDDEN_HOSTS = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "168.63.129.16",
    UNSPECIFIED,
    "[::]",
    "224.0.0.1",
    "255.255.255.255",
    "2130706433",
    "0x7f.1",
]
NEVER_ALLOWED = ["169.254.169.254", "[fe80::1]", UNSPECIFIED, "224.0.0.1", "168.63.129.16", "240.0.0.1"]
A_PUBLIC_ADDRESS = "https://93.184.216.34/callback"


class Client:
    """A client's server: remembers what it was sent, and answers `status`."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.trickle = False
        self.port = 0

    def url(self, scheme: str = "http") -> str:
        return f"{scheme}://localhost:{self.port}/callback"


@contextmanager
def _serving(client: Client, wrap: Callable[[socket.socket], socket.socket]) -> Iterator[Client]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            client.received.append((dict(self.headers), body))
            with suppress(ConnectionError):
                self._answer()

        def _answer(self) -> None:
            while client.trickle:
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.send_response(client.status)
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = wrap(server.socket)
    client.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield client
    client.trickle = False
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client_server() -> Iterator[Client]:
    with _serving(Client(), lambda listening: listening) as client:
        yield client


@pytest.fixture
def _private_allowed(settings: Settings) -> None:
    settings.CALLBACK_ALLOW_PRIVATE = True


def _message(url: str) -> OutboxMessage:
    payload = {"request_id": "r1", "status": "COMPLETED", "note": "Grüße"}
    return OutboxMessage(destination="callback", key="r1", kind="request.completed", payload=payload, url=url)


@pytest.mark.parametrize("host", FORBIDDEN_HOSTS)
def test_an_address_inside_is_refused_at_submission(host: str) -> None:
    with pytest.raises(ForbiddenCallback) as refusal:
        validate_callback_url(f"https://{host}/callback")

    assert [problem.field for problem in refusal.value.problems] == ["callback_url"]


@pytest.mark.parametrize("host", FORBIDDEN_HOSTS)
def test_an_address_inside_is_refused_at_delivery(host: str) -> None:
    with pytest.raises(DeliveryRefused):
        deliver_callback(_message(f"https://{host}/callback"))


@pytest.mark.usefixtures("_private_allowed")
@pytest.mark.parametrize("host", NEVER_ALLOWED)
def test_metadata_and_the_like_are_refused_even_where_private_addresses_are_not(host: str) -> None:
    with pytest.raises(ForbiddenCallback):
        validate_callback_url(f"https://{host}/callback")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "callback",
        "ftp://93.184.216.34/",
        "https://",
        "https://user@93.184.216.34/",
        "https://93.184.216.34:99999/",
        "https://[::1/",
        "https://93.184.216.34/a b",
        "https://93.184.216.34/\r\nHost: other",
        "https://93.184.216.34/" + "a" * 2048,
        "https://no-such-host.invalid/",
    ],
)
def test_what_is_no_usable_address_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenCallback):
        validate_callback_url(url)


def test_a_public_address_is_accepted() -> None:
    validate_callback_url(A_PUBLIC_ADDRESS)


def test_plain_http_is_for_the_sandbox_only(settings: Settings) -> None:
    validate_callback_url(A_PUBLIC_ADDRESS.replace("https", "http"))
    settings.CALLBACK_ALLOW_HTTP = False

    with pytest.raises(ForbiddenCallback, match="https"):
        validate_callback_url(A_PUBLIC_ADDRESS.replace("https", "http"))


@pytest.mark.usefixtures("_private_allowed")
def test_a_callback_carries_a_signature_that_its_receiver_can_verify(client_server: Client) -> None:
    message = _message(client_server.url())

    deliver_callback(message)

    headers, body = client_server.received[0]
    assert Webhook(settings.CALLBACK_SIGNING_SECRET).verify(body, headers) == message.payload
    assert headers["webhook-id"] == str(message.message_id)
    assert headers["Host"] == f"localhost:{client_server.port}"


@pytest.mark.usefixtures("_private_allowed")
@pytest.mark.parametrize("status", [302, 307, 404, 500])
def test_an_answer_that_is_no_success_is_a_failure_and_no_redirect_is_followed(
    client_server: Client, status: int
) -> None:
    client_server.status = status

    with pytest.raises(CallbackFailed, match=str(status)):
        deliver_callback(_message(client_server.url()))

    assert len(client_server.received) == 1


@pytest.mark.usefixtures("_private_allowed")
def test_a_client_that_is_gone_is_not_called_again(client_server: Client) -> None:
    client_server.status = 410

    with pytest.raises(DeliveryRefused):
        deliver_callback(_message(client_server.url()))


@pytest.mark.usefixtures("_private_allowed")
def test_an_answer_that_trickles_in_is_cut_off(client_server: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_network, "DELIVERY_SECONDS", 0.3)
    client_server.trickle = True

    with pytest.raises(Exception, match=r"no answer within|timed out"):
        deliver_callback(_message(client_server.url()))


@pytest.mark.django_db
def test_a_host_that_turned_private_after_submission_gets_nothing(client_server: Client, settings: Settings) -> None:
    settings.CALLBACK_ALLOW_PRIVATE = True
    validate_callback_url(client_server.url())
    record(destination="callback", key="r1", kind="request.completed", payload={}, url=client_server.url())
    settings.CALLBACK_ALLOW_PRIVATE = False

    Relay().drain()

    assert client_server.received == []
    assert "not a public address" in DeadLetter.objects.get().reason


@pytest.mark.usefixtures("_private_allowed")
def test_the_certificate_is_checked_against_the_name_and_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = _certificate_for("localhost", tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    public_network._tls.cache_clear()

    with _serving(Client(), lambda listening: tls.wrap_socket(listening, server_side=True)) as client:
        deliver_callback(_message(client.url("https")))
        with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
            deliver_callback(_message(f"https://127.0.0.1:{client.port}/callback"))
    public_network._tls.cache_clear()

    assert [json.loads(body)["request_id"] for _, body in client.received] == ["r1"]


@pytest.mark.parametrize(
    "secret", ["", "secret", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64 but long enough as it is"]
)
def test_a_signing_secret_that_signs_badly_is_refused_at_start(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBACK_SIGNING_SECRET", secret)

    with pytest.raises(ImproperlyConfigured, match="CALLBACK_SIGNING_SECRET"):
        Environment().signing_secret("CALLBACK_SIGNING_SECRET")


def _certificate_for(host: str, directory: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file = directory / "certificate.pem"
    file.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return file
