"""The console's addresses, and parts of them."""

from datetime import date

from django.http import HttpRequest
from django.urls import register_converter

CONSOLE = "/admin/"
"""Where the console is, below the service's own address."""


class DayConverter:
    """A date: `<day:day>` in a route is "2026-11-28" in the address. What is no date is not found."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


def is_of_the_console(request: HttpRequest) -> bool:
    """Return whether a request is for a page of the console, whatever addresses it is served with."""
    return request.path_info.startswith(CONSOLE)


register_converter(DayConverter, "day")
