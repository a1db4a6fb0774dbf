"""Compression of the console's pages, and of static files where they were not collected and compressed before."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

PAGES_BELOW = "/admin/"
COMPRESSED_TYPES = (
    "text/html",
    "text/css",
    "text/javascript",
    "text/csv",
    "text/calendar",
    "application/json",
    "image/svg+xml",
)


class CompressionMiddleware(GZipMiddleware):
    """Compress static files, and pages, parts of pages and files of the console; not the API, nor streams of events.

    A page contains secrets (the CSRF token) and words that others may choose, so its compressed length could disclose
    them (BREACH): Django masks the token anew in each page, and the compressed page has a random length.
    The API's answers keep their strong ETags, which If-Match compares. In production static files are compressed when
    they are collected, and pass as they are.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not _is_compressed(request, response):
            return response
        return super().process_response(request, response)


def _is_compressed(request: HttpRequest, response: HttpResponseBase) -> bool:
    if not response.headers.get("Content-Type", "").startswith(COMPRESSED_TYPES):
        return False
    is_page = request.path_info.startswith(PAGES_BELOW) and not response.streaming
    return is_page or request.path_info.startswith(settings.STATIC_URL)
