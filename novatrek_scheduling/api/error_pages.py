"""Django's own error responses: JSON for addresses of the API, a page elsewhere."""

from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import defaults

from novatrek_scheduling.api.exception_handler import error_body, internal_error_body

API_PREFIXES = ("/scheduling/", "/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return JsonResponse(error_body("BAD_REQUEST", "The request cannot be processed."), status=400)
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return JsonResponse(error_body("FORBIDDEN", "This is not allowed."), status=403)
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return unknown_address(request) if _is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return JsonResponse(internal_error_body(), status=500)
    # Neither a session nor a query: what failed may be the database.
    return HttpResponse(render_to_string("500.html", {"request_id": _request_id()}), status=500)


def unknown_address(request: HttpRequest, **_: Any) -> JsonResponse:
    """Answer 404 for an address below /scheduling/ without an operation."""
    return JsonResponse(error_body("UNKNOWN_ADDRESS", "There is no operation at this address."), status=404)


unknown_address.csrf_exempt = True  # type: ignore[attr-defined]


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PREFIXES)


def _request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
