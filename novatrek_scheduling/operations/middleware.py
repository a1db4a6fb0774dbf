"""The middleware of every request: id, log line and counters, limit of the body, content security policy."""

import re
import time
import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Any

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.functional import SimpleLazyObject
from rest_framework.response import Response

from novatrek_scheduling.api.exception_handler import error_body
from novatrek_scheduling.operations import metrics

Handler = Callable[[HttpRequest], HttpResponse]
VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._:+/=@-]{1,128}")
TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
QUIET_PATHS = ("/health/", "/metrics", "/static/")

logger = structlog.get_logger("novatrek_scheduling.access")


class RequestLogMiddleware:
    """Assign an id and a trace to each request, return the id in the response, and log and count the request."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = _request_id(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id, trace_id=_trace_id(request))
        started = time.perf_counter()
        response = self._get_response(request)
        self._record(request, response, time.perf_counter() - started)
        response["X-Request-ID"] = request_id
        structlog.contextvars.clear_contextvars()
        if isinstance(response, Response):
            _untie(response)
        return response

    def _record(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        route = request.resolver_match.route if request.resolver_match else "unmatched"
        metrics.count_request(request.method or "", route, response.status_code, seconds)
        log = logger.debug if request.path_info.startswith(QUIET_PATHS) else logger.info
        log(
            "request",
            method=request.method,
            path=request.path_info,  # without the query, which may contain a token
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            subject=_subject(request),
        )


class BoundedBodyMiddleware:
    """Refuse a body above the limit before it is read, and determine the length of a chunked body."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if _is_chunked(request):
            _buffer_chunks(request, limit)
        if _declared_length(request) > limit:
            return _body_too_large(limit)
        return self._get_response(request)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Apply the strict policy, extended by what some pages need, by the prefix of their path.

    The strict policy is put together once: doing it for each answer of the API took a twentieth of its time.
    """

    def __init__(self, get_response: Handler) -> None:
        super().__init__(get_response)
        self._strict_policy = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.DEBUG or not _is_strict(request, response):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._strict_policy)
        return response

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        for prefix, directives in settings.CONTENT_SECURITY_POLICY_BY_PATH.items():
            if request.path_info.startswith(prefix):
                parts.replace = {**directives, **(parts.replace or {})}
        return parts


def _is_strict(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether an answer is data of the API, whose path and view ask for no policy of their own."""
    if not isinstance(response, Response) or not response.is_rendered:
        return False
    prefixes = tuple(settings.CONTENT_SECURITY_POLICY_BY_PATH)
    asked_for = [name for name in (*vars(request), *vars(response)) if name.startswith("_csp")]
    return not (asked_for or request.path_info.startswith(prefixes))


def _untie(response: Response) -> None:
    """Take apart the circles in which the framework holds a view, its request and the data of its response.

    All of it is garbage once the response is sent, and without circles it goes at once. Otherwise hundreds of objects a
    page wait for the garbage collector, which takes a tenth of a page's time, as do caches that they have left by then.
    """
    context: dict[str, Any] = vars(response)["renderer_context"]
    context["request"].parser_context.clear()
    vars(context["view"]).clear()
    context.clear()


def _request_id(request: HttpRequest) -> str:
    proposed = request.headers.get("X-Request-ID", "")
    return proposed if VALID_REQUEST_ID.fullmatch(proposed) else str(uuid.uuid4())


def _trace_id(request: HttpRequest) -> str:
    parent = TRACE_PARENT.fullmatch(request.headers.get("traceparent", ""))
    return parent[1] if parent else uuid.uuid4().hex


def _subject(request: HttpRequest) -> str | None:
    user = vars(request).get("user")
    if isinstance(user, SimpleLazyObject):
        # The user of the session only if a view has loaded it; loading it here would query the database.
        user = vars(request).get("_cached_user")
    return str(user) if user is not None and user.is_authenticated else None


def _is_chunked(request: HttpRequest) -> bool:
    return "chunked" in request.headers.get("Transfer-Encoding", "").lower() and not request.headers.get(
        "Content-Length"
    )


def _buffer_chunks(request: HttpRequest, limit: int) -> None:
    """Read the chunks up to one byte beyond `limit`: Django does not read a body without a length."""
    body = request.META["wsgi.input"].read(limit + 1)
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = BytesIO(body)


def _declared_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def _body_too_large(limit: int) -> JsonResponse:
    return JsonResponse(error_body("BODY_TOO_LARGE", f"The body is larger than {limit} bytes."), status=400)
