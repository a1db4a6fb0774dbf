"""Callbacks to clients: signed, to public addresses only, and within a total time limit."""

import json
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from standardwebhooks import Webhook

from events.callback_addresses import ForbiddenAddress, UnresolvableHost, allowed_addresses
from events.models import OutboxMessage
from events.outbox import DeliveryRefused
from novatrek_scheduling.errors import FieldProblem, Impossible

DESTINATION = "callback"
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
    from events.public_network import post  # noqa: PLC0415 (only the relay delivers, and only it needs HTTP for this)

    body = json.dumps(message.payload, cls=DjangoJSONEncoder).encode()
    headers = {"content-type": "application/json", "user-agent": "novatrek-scheduling"}
    try:
        _host_and_port(message.url)
        status = post(message.url, headers | signature_headers(str(message.message_id), body), body)
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
