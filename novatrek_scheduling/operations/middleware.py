"""What surrounds every request: its id, its log line and counters, a bound on its body, its content policy."""

import re
import time
import uuid
from collections.abc import Callable
from io import BytesIO

import structlog
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.functional import SimpleLazyObject

from novatrek_scheduling.api.exception_handler import error_body
from novatrek_scheduling.operations import metrics

Handler = Callable[[HttpRequest], HttpResponse]
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:+/=@-]{1,128}")
TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
QUIET_PATHS = ("/health/", "/metrics", "/static/")

logger = structlog.get_logger("novatrek_scheduling.access")


class RequestLogMiddleware:
    """Gives each request an id and a trace, answers with the id, writes one log line and counts it."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = _request_id(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id, trace_id=_trace_id(request))
        started = time.perf_counter()
        response = self._get_response(request)
        self._note(request, response, time.perf_counter() - started)
        response["X-Request-ID"] = request_id
        structlog.contextvars.clear_contextvars()
        return response

    def _note(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        route = request.resolver_match.route if request.resolver_match else "unmatched"
        metrics.count_request(request.method or "", route, response.status_code, seconds)
        log = logger.debug if request.path_info.startswith(QUIET_PATHS) else logger.info
        log(
            "request",
            method=request.method,
            path=request.path_info,  # without the query, which may carry a token
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            subject=_subject(request),
        )


class BoundedBodyMiddleware:
    """Refuses a body over the limit before anything reads it, and gives one sent in chunks its length."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if _is_chunked(request):
            _gather_chunks(request, limit)
        if _declared_length(request) > limit:
            return _body_too_large(limit)
        return self._get_response(request)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere, with what some pages need on top by the start of their path."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        for prefix, directives in settings.CONTENT_SECURITY_POLICY_BY_PATH.items():
            if request.path_info.startswith(prefix):
                parts.replace = {**directives, **(parts.replace or {})}
        return parts


def _request_id(request: HttpRequest) -> str:
    offered = request.headers.get("X-Request-ID", "")
    return offered if SANE_REQUEST_ID.fullmatch(offered) else str(uuid.uuid4())


def _trace_id(request: HttpRequest) -> str:
    parent = TRACE_PARENT.fullmatch(request.headers.get("traceparent", ""))
    return parent[1] if parent else uuid.uuid4().hex


def _subject(request: HttpRequest) -> str | None:
    user = vars(request).get("user")
    if isinstance(user, SimpleLazyObject):
        # The session's user, where a view has read it; reading it here would ask the database.
        user = vars(request).get("_cached_user")
    return str(user) if user is not None and user.is_authenticated else None


def _is_chunked(request: HttpRequest) -> bool:
    return "chunked" in request.headers.get("Transfer-Encoding", "").lower() and not request.headers.get(
        "Content-Length"
    )


def _gather_chunks(request: HttpRequest, limit: int) -> None:
    """Read the chunks, at most one byte beyond `limit`: Django reads nothing of a body without a length."""
    body = request.META["wsgi.input"].read(limit + 1)
    request.META["CONTENT_LENGTH"] = str(len(body))
    request._stream = BytesIO(body)


def _declared_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def _body_too_large(limit: int) -> JsonResponse:
    return JsonResponse(error_body("BODY_TOO_LARGE", f"The body is larger than {limit} bytes."), status=400)
