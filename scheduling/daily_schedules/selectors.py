"""Finding daily schedules, by date and by what their departures are. PostgreSQL looks into the documents."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import BooleanField, Field, Func, JSONField, Model, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTransform

from novatrek_scheduling.api.pagination import Keyset, Page
from scheduling.models import DailySchedule

ORDER = ("schedule_date",)

Row = TypeVar("Row", bound=Model)

# The conditions on a departure; a guide is on its team, or it was announced to the guide.
CONDITIONS = {
    "region_id": "@.value.region_id == $region_id",
    "trip_id": "@.value.trip_id == $trip_id",
    "trail_id": "@.value.trail_id == $trail_id",
    "guide_id": "(@.value.team[*].guide_id == $guide_id || @.value.published.guide_ids[*] == $guide_id)",
}


def page_of_schedules(filters: Mapping[str, Any], *, size: int, token: str | None = None) -> Page[DailySchedule]:
    """Daily schedules by date: of `date`, or from it to `date_to`, or up to that.

    Where something is asked of departures (`CONDITIONS`), those with a departure that meets all of it. They
    come without their documents; `found` has those departures, as {key, value}, and `entered` the
    adjustments of the date. Raises BadPageToken.
    """
    rows = on_dates(DailySchedule.objects.all(), filters)
    if asks_for_departures(filters):
        rows = _with_departures(rows, filters)
    return Keyset(ORDER, bound_to=filters).page(rows, size=size, token=token)


def asks_for_departures(filters: Mapping[str, Any]) -> bool:
    """Return whether only some departures of a daily schedule are wanted."""
    return not CONDITIONS.keys().isdisjoint(filters)


def _with_departures(rows: QuerySet[DailySchedule], filters: Mapping[str, Any]) -> QuerySet[DailySchedule]:
    asked = [name for name in CONDITIONS if name in filters]
    path = f"$.departures.keyvalue() ? ({' && '.join(CONDITIONS[name] for name in asked)})"
    variables = {name: str(filters[name]) for name in asked}
    matching = rows.filter(_in_document("jsonb_path_exists", path, variables, BooleanField()))
    return matching.defer("assignments").annotate(
        found=_in_document("jsonb_path_query_array", path, variables, JSONField()),
        entered=KeyTransform("guide_adjustments", "assignments"),
    )


def _in_document(function: str, path: str, variables: Mapping[str, str], gives: Field[Any, Any]) -> Func:
    return Func(
        "assignments",
        Func(Value(path), template="%(expressions)s::jsonpath", output_field=TextField()),
        Func(Value(json.dumps(variables)), template="%(expressions)s::jsonb", output_field=JSONField()),
        function=function,
        output_field=gives,
    )


def on_dates(rows: QuerySet[Row], filters: Mapping[str, Any]) -> QuerySet[Row]:
    """Rows whose schedule date is `date`, or from it to `date_to`, or up to that."""
    if "date_to" not in filters:
        return rows.filter(schedule_date=filters["date"]) if "date" in filters else rows
    rows = rows.filter(schedule_date__lte=filters["date_to"])
    return rows.filter(schedule_date__gte=filters["date"]) if "date" in filters else rows
