"""Compression of the console's pages. Static files are compressed when they are collected."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED_BELOW = ("/admin/",)
COMPRESSED_TYPES = ("text/html", "text/csv", "text/calendar", "application/json")


class PageCompressionMiddleware(GZipMiddleware):
    """Compress whole pages, parts of pages and files of the console; not the API, nor what is sent piece by piece.

    A page contains secrets (the CSRF token) and words that others may choose, so its compressed length could disclose
    them (BREACH): Django masks the token anew in each page, and the compressed page has a random length.
    The API's answers keep their strong ETags, which If-Match compares.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not _is_compressed(request, response):
            return response
        return super().process_response(request, response)


def _is_compressed(request: HttpRequest, response: HttpResponseBase) -> bool:
    is_page = request.path_info.startswith(COMPRESSED_BELOW)
    return is_page and not response.streaming and response.headers.get("Content-Type", "").startswith(COMPRESSED_TYPES)
