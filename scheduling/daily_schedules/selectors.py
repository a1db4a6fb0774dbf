"""The list of daily schedules, filtered by date and by their departures; PostgreSQL searches the documents."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from django.db.models import BooleanField, Field, Func, JSONField, Model, Q, QuerySet
from django.db.models.fields.json import KeyTransform

from novatrek_scheduling.api.pagination import Keyset, Page
from scheduling.daily_schedules.stored_texts import in_document, suspects_at, with_texts
from scheduling.domain.limits import LONGEST_TRIP, ONE_DAY
from scheduling.models import DailySchedule, GuideCommitment

ORDER = ("schedule_date",)

Row = TypeVar("Row", bound=Model)

# The conditions on a departure, in jsonpath; a guide is on its team, or was last announced to be.
CONDITIONS = {
    "region_id": "@.value.region_id == $region_id",
    "trip_id": "@.value.trip_id == $trip_id",
    "trail_id": "@.value.trail_id == $trail_id",
    "guide_id": "(@.value.team[*].guide_id == $guide_id || @.value.published.guide_ids[*] == $guide_id)",
}

# Instants are stored by the clocks of the regions: their texts compare as local times do.
UNDER_WAY = ('@.value.status != "CANCELLED"', "@.value.team.size() > 0", "@.value.ends_at >= $midnight")


def page_of_schedules(filters: Mapping[str, Any], *, size: int, token: str | None = None) -> Page[DailySchedule]:
    """Return daily schedules by date: of `date`, or from it to `date_to`, or up to that.

    They have the texts of their documents (`stored_texts.with_texts`). With conditions on departures (`CONDITIONS`),
    only schedules with a departure that meets all of them: `matching_departures` has those departures, as {key, value},
    `suspects` those of them that may be unpublished, and `entries` the guide adjustments of the date. Raises
    BadPageToken.
    """
    dated = on_dates(DailySchedule.objects.all(), filters)
    rows = _with_departures(dated, filters) if filters_departures(filters) else with_texts(dated)
    return Keyset(ORDER, bound_to=filters).page(rows, size=size, token=token)


def departures_under_way(day: date, filters: Mapping[str, Any]) -> list[DailySchedule]:
    """Return the earlier daily schedules with departures that are still out on `day`, by the clocks of their regions.

    Read without their documents; `matching_departures` has those departures, as {key, value}, that also meet the
    filters' conditions.
    """
    path, variables = _under_way(day, filters)
    rows = DailySchedule.objects.filter(schedule_date__in=dates_out_on(day))
    matching = rows.filter(_in_document("jsonb_path_exists", path, variables, BooleanField())).defer("assignments")
    found = _in_document("jsonb_path_query_array", path, variables, JSONField())
    return list(matching.annotate(matching_departures=found).order_by("schedule_date"))


def revisions_shown_on(day: date) -> list[int]:
    """Return the revisions of a date and of the earlier ones with departures that are still out on it, by date.

    One query, and no document is read.
    """
    path, variables = _under_way(day, {})
    is_out = Q(schedule_date__in=dates_out_on(day)) & Q(
        _in_document("jsonb_path_exists", path, variables, BooleanField())
    )
    rows = DailySchedule.objects.filter(Q(schedule_date=day) | is_out)
    return list(rows.order_by("schedule_date").values_list("rev", flat=True))


def dates_out_on(day: date) -> QuerySet[GuideCommitment, date]:
    """Return the earlier dates on which somebody began who may be out on `day`, by the clocks of any region."""
    out = GuideCommitment.objects.filter(
        schedule_date__lt=day,
        schedule_date__gte=day - LONGEST_TRIP,
        ends_at__gt=datetime.combine(day, time.min, UTC) - ONE_DAY,
    )
    return out.values_list("schedule_date", flat=True)


def _under_way(day: date, filters: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return the path to the departures that are still out on `day` and meet the filters' conditions."""
    conditions = {name: condition for name, condition in CONDITIONS.items() if name in filters}
    path = f"$.departures.keyvalue() ? ({' && '.join([*conditions.values(), *UNDER_WAY])})"
    return path, {name: str(filters[name]) for name in conditions} | {"midnight": f"{day}T00:00:01"}


def filters_departures(filters: Mapping[str, Any]) -> bool:
    """Return whether the filters select among the departures of a daily schedule."""
    return not CONDITIONS.keys().isdisjoint(filters)


def _with_departures(rows: QuerySet[DailySchedule], filters: Mapping[str, Any]) -> QuerySet[DailySchedule]:
    conditions = {name: condition for name, condition in CONDITIONS.items() if name in filters}
    path = f"$.departures.keyvalue() ? ({' && '.join(conditions.values())})"
    variables = {name: str(filters[name]) for name in conditions}
    matching = rows.filter(_in_document("jsonb_path_exists", path, variables, BooleanField()))
    return matching.defer("assignments").annotate(
        matching_departures=_in_document("jsonb_path_query_array", path, variables, JSONField()),
        suspects=suspects_at(f"{path}.value", variables),
        entries=KeyTransform("guide_adjustments", "assignments"),
    )


def _in_document(function: str, path: str, variables: Mapping[str, str], output_field: Field[Any, Any]) -> Func:
    return Func(*in_document(path, variables), function=function, output_field=output_field)


def on_dates(rows: QuerySet[Row], filters: Mapping[str, Any]) -> QuerySet[Row]:
    """Return the rows whose schedule date is `date`, or from it to `date_to`, or up to that."""
    if "date_to" not in filters:
        return rows.filter(schedule_date=filters["date"]) if "date" in filters else rows
    rows = rows.filter(schedule_date__lte=filters["date_to"])
    return rows.filter(schedule_date__gte=filters["date"]) if "date" in filters else rows
