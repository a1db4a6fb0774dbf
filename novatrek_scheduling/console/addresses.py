"""Parts of the console's addresses."""

from datetime import date

from django.urls import register_converter


class DayConverter:
    """A date: `<day:day>` in a route is "2026-11-28" in the address. What is no date is not found."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(DayConverter, "day")
