"""A schedule request and its outcome in words."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString

from scheduling.admin.formatting import table

Result = Mapping[str, Any]


def wish_table(constraints: Mapping[str, Any]) -> SafeString:
    """What was asked, a line a field, as the client sent it."""
    return table(("Field", "Value"), [(name.replace("_", " "), _plain(value)) for name, value in constraints.items()])


def result_tables(result: Result) -> SafeString:
    """The dates with their teams, best first, and what else there is to know."""
    teams = _teams(result.get("guide_assignments", ()))
    dates = [_date_row(one, teams) for one in result.get("recommended_dates", ())]
    warnings = [(one["severity"], one["message"], one["source_service"]) for one in result.get("conflict_warnings", ())]
    return format_html(
        "{}{}<p>{}</p>",
        table(("Date", "Score", "Availability", "Team", "Weather, trail", "Why"), dates),
        table(("Severity", "Warning", "From"), warnings) if warnings else "",
        _weather(result.get("weather_summary", {})),
    )


def _teams(assignments: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    teams: dict[str, list[str]] = {}
    for one in assignments:
        member = f"{one['guide_name']} ({one['assignment_status'].replace('_', ' ').lower()})"
        teams.setdefault(one["date"], []).append(member)
    return teams


def _date_row(one: Mapping[str, Any], teams: Mapping[str, list[str]]) -> tuple[str, ...]:
    seen = (one.get("weather_outlook", ""), one.get("trail_condition", ""))
    return (
        localize(date.fromisoformat(one["date"])),
        str(one["score"]),
        one["availability_status"].lower(),
        ", ".join(teams.get(one["date"], ())),
        ", ".join(each.replace("_", " ").lower() for each in seen if each),
        one.get("notes", ""),
    )


def _weather(summary: Mapping[str, Any]) -> str:
    if not summary:
        return ""
    return f"Weather: {summary.get('conditions', '')}; confidence {summary.get('forecast_confidence', 0):.0%}."


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {_plain(each)}" for name, each in value.items())
    return str(value)
