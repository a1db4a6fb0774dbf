"""One attempt at one call of a sibling, over the connections of the process."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

import structlog
from django.conf import settings
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.operations.logging import trace_headers
from scheduling.domain.facts import Sibling
from scheduling.siblings.circuit_breaker import circuit_of
from scheduling.siblings.connections import NoUsableResponse, Request, Response
from scheduling.siblings.errors import SiblingFailure, SiblingNotFound, SiblingRefusal, SiblingUnavailable
from scheduling.siblings.metrics import FAILURES, request_seconds
from scheduling.siblings.tasks import exchange

T = TypeVar("T")

DELIVERY_SECONDS = 5.0
MIN_CONCLUSIVE_SECONDS = 0.5
"""A timeout below this says nothing about the sibling and is not counted by its circuit breaker."""
SUCCESS_STATUSES = frozenset({200, 201, 202})
REFUSAL_STATUSES = frozenset({400, 409, 410, 413, 415, 422})

log = structlog.get_logger(__name__)


class Payload(BaseModel):
    """The part of a sibling's response that is used, typed as in its contract."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Parse the body of a response. Raises ValidationError."""
        return cls.model_validate_json(body)

    def translated_by(self, translate: Callable[[Self], T]) -> T:
        """Return what `translate` makes of the payload, for which it is called once: many may share a response.

        The result is shared as well: nobody may change it.
        """
        if translate not in self.translations:
            self.translations[translate] = translate(self)
        translated: T = self.translations[translate]
        return translated

    @cached_property
    def translations(self) -> dict[Any, Any]:
        """What was made of the payload so far, by the function that did."""
        return {}


def _none_if_unreadable(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


if_readable = WrapValidator(_none_if_unreadable)
"""Marks a field without which a record is as good as before: a value that breaks the contract counts as absent."""


class CoordinatesPayload(Payload):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


@lru_cache(maxsize=256)
def _query(params: tuple[tuple[str, str | int], ...]) -> str:
    """Return parameters as a part of a URL; those of hundreds of calls are the same."""
    return f"?{urlencode(params)}"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a sibling: a GET, or with a `body` a POST. `operation` is the contract's operationId.

    `key` is the Idempotency-Key, the same for every delivery of one message. `names_resource`: 404 means that the
    sibling does not know the resource; for lists it is a failure. `success_statuses` are those of a usable response.
    `is_about_safety`: whoever publishes without a person has to have read it for that decision.
    """

    sibling: Sibling
    operation: str
    path: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    key: str | None = None
    names_resource: bool = False
    is_about_safety: bool = False
    success_statuses: frozenset[int] = SUCCESS_STATUSES

    @property
    def timeout_seconds(self) -> float:
        """The longest time for one attempt: short for a GET, which is retried, longer for a POST, which is not."""
        return float(settings.SIBLING_READ_SECONDS) if self.body is None else DELIVERY_SECONDS

    @property
    def url(self) -> str:
        query = _query(tuple(self.params.items())) if self.params else ""
        return f"{settings.SIBLING_URLS[self.sibling]}{self.path}{query}"


async def attempt(call: Call, parse: Callable[[bytes], T], deadline: Deadline) -> T:
    """Make `call` once and return the response body as `parse` reads it.

    Raises SiblingUnavailable, SiblingNotFound, or for a POST SiblingRefusal.
    """
    circuit = circuit_of(call.sibling)
    if not await circuit.allows_call(deadline):
        raise SiblingUnavailable(call.sibling, call.operation, "circuit open, because its last calls failed")
    seconds = min(call.timeout_seconds, deadline.remaining())
    # Nothing is known of a call that is abandoned.
    succeeded: bool | None = None
    try:
        parsed = await _timed(call, parse, seconds)
        succeeded = True
    except (SiblingNotFound, SiblingRefusal):
        succeeded = True
        raise
    except SiblingFailure as failure:
        succeeded = None if _says_nothing(failure, call, seconds) else False
        _report(failure)
        raise
    except Exception:
        succeeded = False
        raise
    finally:
        circuit.record(succeeded=succeeded)
    return parsed


def _says_nothing(failure: SiblingFailure, call: Call, seconds: float) -> bool:
    """Return whether the failure says nothing about the sibling: too little time was left, or one record is sick."""
    if failure.reason == "off_contract":
        return call.names_resource
    return failure.reason == "timeout" and seconds < MIN_CONCLUSIVE_SECONDS


async def _timed(call: Call, parse: Callable[[bytes], T], seconds: float) -> T:
    with request_seconds(call.sibling, call.operation).time():
        status, body = await _exchange(call, seconds)
    _check(call, status, body)
    try:
        return parse(body)
    except ValidationError as error:
        raise SiblingFailure(call.sibling, call.operation, "off_contract", _first_problem(error)) from error


async def _exchange(call: Call, seconds: float) -> Response:
    body = None if call.body is None else json.dumps(call.body).encode()
    try:
        return await exchange(Request(call.url, _headers(call), body), seconds)
    except TimeoutError as error:
        why = f"no answer within {seconds:.1f} s"
        raise SiblingFailure(call.sibling, call.operation, "timeout", why) from error
    except NoUsableResponse as error:
        why = f"no usable answer ({error})"
        raise SiblingFailure(call.sibling, call.operation, "unreachable", why) from error


def _check(call: Call, status: int, body: bytes) -> None:
    if status in call.success_statuses:
        return
    if status == HTTPStatus.NOT_FOUND and call.names_resource:
        raise SiblingNotFound(call.sibling, call.operation)
    if call.body is not None and status in REFUSAL_STATUSES:
        raise SiblingRefusal(call.sibling, call.operation, status, _message(body))
    reason = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "unexpected_status"
    raise SiblingFailure(call.sibling, call.operation, reason, f"it answered with status {status}")


class _ErrorPayload(BaseModel):
    message: str


def _message(body: bytes) -> str:
    try:
        return _ErrorPayload.model_validate_json(body).message
    except ValidationError:
        return body[:200].decode(errors="replace")


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    return f"its answer is off the contract at {place or 'its root'} ({problem['msg']})"


def _report(failure: SiblingFailure) -> None:
    FAILURES.labels(failure.sibling, failure.operation, failure.reason).inc()
    log.warning(
        "sibling_failure",
        sibling=failure.sibling,
        operation=failure.operation,
        reason=failure.reason,
        why=failure.why,
    )


def _headers(call: Call) -> list[bytes]:
    headers = [*_usual_headers(settings.SIBLING_TOKEN), *_trace_headers()]
    if call.body is not None:
        headers.append(b"Content-Type: application/json")
    if call.key is not None:
        headers.append(_line("Idempotency-Key", call.key))
    return headers


@lru_cache(maxsize=2)
def _usual_headers(token: str) -> list[bytes]:
    # Without the empty header libcurl asks before it sends a long body.
    return [
        _line("Authorization", f"Bearer {token}"),
        b"Accept: application/json",
        b"Accept-Encoding: identity",
        b"Expect:",
    ]


def _trace_headers() -> list[bytes]:
    headers = trace_headers()
    if "traceparent" not in headers or "X-Request-ID" not in headers:
        trace = secrets.token_hex(16)
        headers = {"X-Request-ID": trace, "traceparent": f"00-{trace}-{trace[:16]}-01", **headers}
    return [_line(name, value) for name, value in headers.items()]


def _line(name: str, value: str) -> bytes:
    # As Django reads them: a caller's request id may be any text.
    return f"{name}: {value}".encode("latin-1", errors="replace")
