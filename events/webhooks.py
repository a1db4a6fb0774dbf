"""Callbacks to clients: signed, to public addresses only, and within a total time limit."""

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
    """The callback_url is not one that this service calls."""

    code = "CALLBACK_URL_FORBIDDEN"


class CallbackFailed(Exception):
    """The client's server did not accept the callback."""


def validate_callback_url(url: str) -> None:
    """Raise ForbiddenCallback unless callbacks may go to `url`, as its host resolves at present."""
    try:
        host, port = _host_and_port(url)
        allowed_addresses(host, port)
    except (ForbiddenAddress, UnresolvableHost) as error:
        problem = FieldProblem("callback_url", str(error))
        raise ForbiddenCallback(f"The callback address cannot be used: {error}", problem) from error


def deliver_callback(message: OutboxMessage) -> None:
    """POST a message to its client, at an address checked for this delivery.

    Raise DeliveryRefused if the address is forbidden or the status is 410, and CallbackFailed or an error of
    httpcore if the client's server does not respond with 2xx in time. Redirects are not followed.
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
    """Return the headers that authenticate `body` to its receiver (Standard Webhooks, symmetric signature)."""
    now = timezone.now()
    signature = Webhook(settings.CALLBACK_SIGNING_SECRET).sign(message_id, now, body.decode())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


def _host_and_port(url: str) -> tuple[str, int]:
    """Return host and port of a callback URL. Raise ForbiddenAddress if it is not acceptable."""
    if len(url) > LONGEST_URL or not URL_CHARACTERS.fullmatch(url):
        raise ForbiddenAddress(f"It must be a URL of at most {LONGEST_URL} ASCII characters.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ForbiddenAddress(f"It is not a URL: {error}.") from error
    ports = {"https": 443, "http": 80} if settings.CALLBACK_ALLOW_HTTP else {"https": 443}
    if parts.scheme not in ports:
        raise ForbiddenAddress("It must be an https URL.")
    if not host or "@" in parts.netloc:
        raise ForbiddenAddress("It must contain a host and no user name.")
    return host, port or ports[parts.scheme]


def _post(url: str, headers: dict[str, str], body: bytes) -> int:
    """POST `body` and return the status; the body of the response is not read."""
    pool = httpcore.ConnectionPool(ssl_context=_tls(), network_backend=_PublicNetwork(Deadline.after(DELIVERY_SECONDS)))
    # A pool for each delivery: no connection outlives the check of its address.
    with pool, pool.stream("POST", url, headers=list(headers.items()), content=body) as response:
        return response.status


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _PublicNetwork(httpcore.NetworkBackend):
    """A backend that resolves a host, checks its addresses, and connects to one of these, within a deadline."""

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
        last_error: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in allowed_addresses(host, port):
            seconds = min(CONNECT_SECONDS, _remaining(self._deadline))
            try:
                stream = self._sockets.connect_tcp(str(address), port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last_error = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise last_error


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose reads and writes share one deadline, however slowly bytes arrive."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _remaining(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _remaining(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _remaining(self._deadline))
        return _DeadlineStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _remaining(deadline: Deadline) -> float:
    if deadline.has_passed:
        raise httpcore.ReadTimeout(f"no answer within {DELIVERY_SECONDS:.0f} s")
    return deadline.remaining()
