"""Callbacks to clients: signed, to public addresses only, and never for long."""

import json
import re
import ssl
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from standardwebhooks import Webhook

from events.callback_addresses import ForbiddenAddress, UnresolvableHost, allowed_addresses
from events.models import OutboxMessage
from events.outbox import DeliveryRefused
from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.errors import FieldProblem, Impossible

DESTINATION = "callback"
DELIVERY_SECONDS = 10.0
CONNECT_SECONDS = 3.0
LONGEST_URL = 2048
URL_CHARACTERS = re.compile(r"[!-~]+")
HTTP_SUCCESS = range(200, 300)
HTTP_GONE = 410


class ForbiddenCallback(Impossible):
    """A callback_url that this service will not call."""

    code = "CALLBACK_URL_FORBIDDEN"


class CallbackFailed(Exception):
    """The client's server did not take the callback."""


def validate_callback_url(url: str) -> None:
    """Raise ForbiddenCallback unless callbacks may go to `url`, as its host resolves now."""
    try:
        host, port = _host_and_port(url)
        allowed_addresses(host, port)
    except (ForbiddenAddress, UnresolvableHost) as error:
        problem = FieldProblem("callback_url", str(error))
        raise ForbiddenCallback(f"The callback address cannot be used: {error}", problem) from error


def deliver_callback(message: OutboxMessage) -> None:
    """POST a message to its client, to an address checked at this moment.

    Raises DeliveryRefused when the address is forbidden or the client says 410, CallbackFailed or an
    error of httpcore when the client's server does not answer 2xx in time. Redirects are not followed.
    """
    body = json.dumps(message.payload, cls=DjangoJSONEncoder).encode()
    headers = {"content-type": "application/json", "user-agent": "novatrek-scheduling"}
    try:
        _host_and_port(message.url)
        status = _post(message.url, headers | signature_headers(str(message.message_id), body), body)
    except ForbiddenAddress as error:
        raise DeliveryRefused(str(error)) from error
    if status == HTTP_GONE:
        raise DeliveryRefused(f"{message.host} answered 410 Gone.")
    if status not in HTTP_SUCCESS:
        raise CallbackFailed(f"{message.host} answered {status}.")


def signature_headers(message_id: str, body: bytes) -> dict[str, str]:
    """The Standard Webhooks headers by which a receiver knows that `body` is ours, and unaltered."""
    now = timezone.now()
    signature = Webhook(settings.CALLBACK_SIGNING_SECRET).sign(message_id, now, body.decode())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


def _host_and_port(url: str) -> tuple[str, int]:
    """The host and port of a callback url; ForbiddenAddress says why it is not one."""
    if len(url) > LONGEST_URL or not URL_CHARACTERS.fullmatch(url):
        raise ForbiddenAddress(f"It must be an address of at most {LONGEST_URL} ASCII characters.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ForbiddenAddress(f"It is not an address: {error}.") from error
    ports = {"https": 443, "http": 80} if settings.CALLBACK_ALLOW_HTTP else {"https": 443}
    if parts.scheme not in ports:
        raise ForbiddenAddress("It must be an https address.")
    if not host or "@" in parts.netloc:
        raise ForbiddenAddress("It must name a host, and no user.")
    return host, port or ports[parts.scheme]


def _post(url: str, headers: dict[str, str], body: bytes) -> int:
    """POST `body`, and answer the status. What the client answers beyond that is not read."""
    pool = httpcore.ConnectionPool(ssl_context=_tls(), network_backend=_PublicNetwork(Deadline.after(DELIVERY_SECONDS)))
    # Pool and stream live for one delivery, so that no connection outlives the check of its address.
    with pool, pool.stream("POST", url, headers=list(headers.items()), content=body) as response:
        return response.status


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _PublicNetwork(httpcore.NetworkBackend):
    """Resolves a host, checks what it finds, and connects to one of those very addresses, before a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        unreachable: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in allowed_addresses(host, port):
            patience = min(CONNECT_SECONDS, _left(self._deadline))
            try:
                stream = self._sockets.connect_tcp(str(address), port, patience, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                unreachable = error
            else:
                return _Hasty(stream, self._deadline)
        raise unreachable


class _Hasty(httpcore.NetworkStream):
    """A stream whose reads and writes end at one deadline together, however slowly bytes trickle in."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Hasty(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: Deadline) -> float:
    if deadline.has_passed:
        raise httpcore.ReadTimeout(f"no answer within {DELIVERY_SECONDS:.0f} s")
    return deadline.remaining()
