"""What a client asked for and was answered, as tables."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from novatrek_scheduling.readable import spelled
from scheduling.admin.formatting import table
from scheduling.admin.plan_names import guide_names, trip_text
from scheduling.domain.words import in_words

Result = Mapping[str, Any]


def as_id(value: object) -> UUID | None:
    """Return an id of a request, or None for what is none."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


def constraints_table(constraints: Mapping[str, Any]) -> SafeString:
    """Return the request as the client sent it, one line a field, with names for ids."""
    names = guide_names(_ids_in(value for name, value in constraints.items() if name != "trip_id"))
    rows = [(_(_field(name)), _value(name, value, names)) for name, value in constraints.items()]
    return table((_("Field"), _("Value")), rows)


def result_tables(result: Result) -> SafeString:
    """Return the recommended dates with their teams, the best first, the warnings and the weather."""
    teams = _teams(result.get("guide_assignments", ()))
    dates = [_date_row(recommended, teams) for recommended in result.get("recommended_dates", ())]
    warnings = [
        (_(in_words(warning["severity"])), warning["message"], warning["source_service"])
        for warning in result.get("conflict_warnings", ())
    ]
    columns = (_("Date"), _("Score"), _("Availability"), _("Team"), _("Weather, trail"), _("Notes"))
    return format_html(
        "{}{}<p>{}</p>",
        table(columns, dates),
        table((_("Severity"), _("Warning"), _("Source")), warnings) if warnings else "",
        _weather(result.get("weather_summary", {})),
    )


def _teams(assignments: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    teams: dict[str, list[str]] = {}
    for assignment in assignments:
        member = f"{assignment['guide_name']} ({_(in_words(assignment['assignment_status']))})"
        teams.setdefault(assignment["date"], []).append(member)
    return teams


def _date_row(recommended: Mapping[str, Any], teams: Mapping[str, list[str]]) -> tuple[str, ...]:
    conditions = (recommended.get("weather_outlook", ""), recommended.get("trail_condition", ""))
    return (
        localize(date.fromisoformat(recommended["date"])),
        localize(recommended["score"]),
        _(in_words(recommended["availability_status"])),
        ", ".join(teams.get(recommended["date"], ())),
        ", ".join(_(in_words(condition)) for condition in conditions if condition),
        recommended.get("notes", ""),
    )


def _weather(summary: Mapping[str, Any]) -> str:
    if not summary:
        return ""
    facts = {
        "conditions": _(summary.get("conditions") or "not known"),
        "confidence": f"{summary.get('forecast_confidence', 0):.0%}",
    }
    return _("Weather: %(conditions)s; confidence %(confidence)s.") % facts


def _field(name: str) -> str:
    return spelled(name.removesuffix("_ids").removesuffix("_id"))


def _value(name: str, value: Any, names: Mapping[UUID, str]) -> str:
    if name == "trip_id":
        return trip_text(as_id(value))
    if isinstance(value, list):
        return ", ".join(_value(name, item, names) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{_(_field(inner))}: {_value(inner, item, names)}" for inner, item in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key := as_id(value):
        return names.get(key) or _("a guide who is on no team")
    return _text(value) if isinstance(value, str) else str(localize(value))


def _text(value: str) -> str:
    if value.isupper():
        return _(in_words(value))
    try:
        return str(localize(date.fromisoformat(value)))
    except ValueError:
        return value


def _ids_in(values: Iterable[Any]) -> Iterator[UUID]:
    for value in values:
        if isinstance(value, dict | list):
            yield from _ids_in(value.values() if isinstance(value, dict) else value)
        elif key := as_id(value):
            yield key
