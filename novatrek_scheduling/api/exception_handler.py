"""The translation of exceptions to HTTP: a status and the contract's `Error`."""

from collections.abc import Iterable, Iterator
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.http import http_date
from kombu.exceptions import OperationalError as QueueUnreachable
from psycopg_pool import PoolTimeout
from redis.exceptions import ConnectionError as ValkeyUnreachable
from redis.exceptions import TimeoutError as ValkeyTimeout
from rest_framework import exceptions
from rest_framework.response import Response

from novatrek_scheduling.errors import (
    Conflicting,
    DomainError,
    FieldProblem,
    Forbidden,
    Gone,
    Impossible,
    Malformed,
    PreconditionFailed,
    Unavailable,
    Unknown,
)

HTTP_STATUS: dict[type[DomainError], int] = {
    Malformed: 400,
    Forbidden: 403,
    Unknown: 404,
    Conflicting: 409,
    Gone: 410,
    PreconditionFailed: 412,
    Impossible: 422,
    Unavailable: 503,
    DomainError: 422,
}
STORE_FAILURES = (
    OperationalError,
    InterfaceError,
    PoolTimeout,
    ValkeyUnreachable,
    ValkeyTimeout,
    QueueUnreachable,
)
RETRY_AFTER_SECONDS = 5
MAX_DETAILS = 100

logger = structlog.get_logger(__name__)


class BadBody(exceptions.ParseError):
    """A body that cannot be parsed; `code` has the reason."""

    def __init__(self, code: str, message: str, *problems: FieldProblem) -> None:
        super().__init__(message, code)
        self.problems = problems


def handle_exception(error: Exception, context: dict[str, Any]) -> Response:
    """Respond to any exception of a view with the contract's `Error`."""
    if isinstance(error, DomainError):
        return _domain_response(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        return _framework_response(error)
    if isinstance(error, STORE_FAILURES):
        logger.warning("store_unavailable", exc_info=error)
        body = error_body("STORE_UNAVAILABLE", "A data store of this service does not answer; try again shortly.")
        return _response(503, body, {"Retry-After": str(RETRY_AFTER_SECONDS)})
    logger.error("request_failed", exc_info=error)
    return _response(500, internal_error_body())


def error_body(code: str, message: str, problems: Iterable[FieldProblem] = ()) -> dict[str, Any]:
    """The contract's `Error`; without problems it has no details."""
    body: dict[str, Any] = {"code": code, "message": message}
    details = [_detail(problem) for problem in problems]
    if details:
        body["details"] = details[:MAX_DETAILS]
    return body


def internal_error_body() -> dict[str, Any]:
    """The `Error` of an internal fault: the id of the request, for the caller to quote."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "unknown")
    return error_body("INTERNAL_ERROR", f"The service failed internally. Quote the request {request_id}.")


def _detail(problem: FieldProblem) -> dict[str, str]:
    return {"field": problem.field, "reason": problem.reason} if problem.field else {"reason": problem.reason}


def _domain_response(error: DomainError) -> Response:
    status = next(HTTP_STATUS[kind] for kind in type(error).__mro__ if kind in HTTP_STATUS)
    body = error_body(error.code, error.message, error.problems) | dict(error.data)
    return _response(status, body, _domain_headers(error))


def _domain_headers(error: DomainError) -> dict[str, str]:
    if isinstance(error, Unavailable):
        return {"Retry-After": str(error.retry_after_seconds)}
    if isinstance(error, Gone):
        link = f'<{error.successor}>; rel="successor-version"'
        return {"Link": link, "Sunset": http_date(error.sunset.timestamp())}
    return {}


def _framework_response(error: exceptions.APIException) -> Response:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(error.auth_header)  # type: ignore[attr-defined]
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(int(getattr(error, "wait", None) or 1))
    if isinstance(error, exceptions.ValidationError):
        return _response(400, _validation_body(error), headers)
    return _response(_framework_status(error), _framework_body(error), headers)


def _framework_status(error: exceptions.APIException) -> int:
    # A body of an unknown media type is a malformed body: 400 like the others.
    return 400 if isinstance(error, exceptions.UnsupportedMediaType) else error.status_code


def _framework_body(error: exceptions.APIException) -> dict[str, Any]:
    code = str(error.get_codes() if isinstance(error.detail, str) else error.default_code).upper()
    problems = error.problems if isinstance(error, BadBody) else ()
    return error_body(CODES.get(code, code), str(error.detail), problems)


CODES = {
    "PARSE_ERROR": "MALFORMED_BODY",
    "NOT_AUTHENTICATED": "UNAUTHENTICATED",
    "AUTHENTICATION_FAILED": "INVALID_TOKEN",
}


def _validation_body(error: exceptions.ValidationError) -> dict[str, Any]:
    problems = list(_problems(error.detail, ""))
    names = list(dict.fromkeys(problem.field for problem in problems if problem.field))
    listed = f": {', '.join(names[:5])}{', …' if len(names) > 5 else ''}" if names else ""  # noqa: PLR2004
    return error_body("INVALID_INPUT", f"The request is not valid{listed}.", problems)


def _problems(detail: Any, path: str) -> Iterator[FieldProblem]:
    """Flatten the framework's nested errors to paths, such as constraints.required_guide_ids[1], with reasons."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            yield from _problems(inner, _join(path, key))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _problems(inner, _join(path, index) if nested else path)
    else:
        yield FieldProblem(path, str(detail))


def _join(path: str, key: Any) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    if key == "non_field_errors":
        return path
    return f"{path}.{key}" if path else str(key)


def _response(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=status, headers=headers)
