"""How daily schedules are shown: the stored document as it is, with the columns beside it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import orjson

from novatrek_scheduling.api.pagination import Page
from novatrek_scheduling.api.serializers import instant
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.daily_schedules.selectors import filters_departures
from scheduling.daily_schedules.shown_documents import (
    ShownDocument,
    departures_in,
    has_unpublished_changes,
    is_unpublished,
    shown_after,
)
from scheduling.history.revisions import document_at
from scheduling.models import DailySchedule


def represent_page(page: Page[DailySchedule], filters: Mapping[str, Any]) -> dict[str, Any]:
    """A page of daily schedules: whole, or the departures that `filters` ask for with their guides' adjustments."""
    if not filters_departures(filters):
        return page.represented("daily_schedules", lambda row: represent_shown(ShownDocument.of(row)))
    guide_ids = [str(filters["guide_id"])] if "guide_id" in filters else None
    return page.represented("daily_schedules", partial(_represent_filtered, guide_ids=guide_ids))


def represent_under_way(schedules: Iterable[Any]) -> list[dict[str, Any]]:
    """The departures of earlier dates that `departures_under_way` found."""
    return [
        {
            "schedule_date": schedule.schedule_date.isoformat(),
            "departure_id": item["key"],
            "departure": item["value"],
        }
        for schedule in schedules
        for item in schedule.matching_departures
    ]


def represent_shown(shown: ShownDocument) -> dict[str, Any]:
    """A daily schedule as the API shows it: its document is the stored text itself."""
    return _represent_with(shown.schedule, orjson.Fragment(shown.text), shown.has_unpublished_changes)


def represent_written(change: Change) -> dict[str, Any]:
    """A daily schedule at the revision that it was just written at, also where somebody has written it since."""
    shown, schedule = shown_after(change), change.schedule
    if shown is not None:
        return represent_shown(shown)
    latest = read_drafts([schedule.schedule_date])[schedule.schedule_date].schedule
    assignments = document_at(latest, schedule.rev)
    return _represent_with(schedule, assignments, any(map(is_unpublished, departures_in(assignments))))


def _represent_filtered(schedule: Any, *, guide_ids: Collection[str] | None) -> dict[str, Any]:
    departures = {item["key"]: item["value"] for item in schedule.matching_departures}
    assignments = _part_of_document(departures, schedule.entries or {}, guide_ids=guide_ids)
    is_unpublished = has_unpublished_changes(schedule.suspects, departures.values)
    return _represent_with(schedule, assignments, is_unpublished)


def _part_of_document(
    departures: Mapping[str, Any], guide_adjustments: Mapping[str, Any], *, guide_ids: Collection[str] | None = None
) -> dict[str, Any]:
    """Some stored departures with the adjustments of the guides on them, or of `guide_ids` instead."""
    chosen = set(_guides_of(departures.values()) if guide_ids is None else guide_ids)
    adjustments = {key: entered for key, entered in guide_adjustments.items() if key in chosen}
    return {"departures": departures, "guide_adjustments": adjustments}


def _represent_with(schedule: DailySchedule, assignments: object, is_unpublished: bool) -> dict[str, Any]:
    representation: dict[str, Any] = {
        "schedule_id": str(schedule.schedule_id),
        "schedule_date": schedule.schedule_date.isoformat(),
        "assignments": assignments,
        "_rev": schedule.rev,
        "created_at": instant(schedule.created_at),
        "updated_at": instant(schedule.updated_at),
        "unpublished_changes": is_unpublished,
    }
    if schedule.published_at:
        representation["published_at"] = instant(schedule.published_at)
    return representation


def etag_of_rev(rev: int) -> str:
    return f'"{rev}"'


def _guides_of(departures: Collection[Any]) -> Iterator[str]:
    """The guides on the teams, and those in the last announcement of a departure."""
    for departure in departures:
        with suppress(AttributeError, KeyError, TypeError):  # one that cannot be read
            yield from (member["guide_id"] for member in departure.get("team", ()))
            yield from (departure.get("published") or {}).get("guide_ids", ())
