"""How daily schedules are shown: the stored document as it is, with the columns beside it."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import orjson
from pydantic import ValidationError

from novatrek_scheduling.api.pagination import Page
from novatrek_scheduling.api.serializers import instant
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.daily_schedules.selectors import filters_departures
from scheduling.daily_schedules.stored_texts import MOST_SUSPECTS, text_at
from scheduling.domain.document import Departure
from scheduling.history.revisions import document_at
from scheduling.models import DailySchedule


def represent_page(page: Page[DailySchedule], filters: Mapping[str, Any]) -> dict[str, Any]:
    """A page of daily schedules: whole, or the departures that `filters` ask for with their guides' adjustments."""
    if not filters_departures(filters):
        return page.represented("daily_schedules", represent_schedule)
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


def represent_schedule(schedule: Any) -> dict[str, Any]:
    """A daily schedule, read `with_texts`, as the API shows it: its document is the stored text itself."""

    def all_departures() -> Iterable[Any]:
        return _departures_in(json.loads(schedule.text))

    is_unpublished = _has_unpublished_changes(schedule.suspects, all_departures)
    return _represent_with(schedule, orjson.Fragment(schedule.text), is_unpublished)


def represent_written(schedule: DailySchedule) -> dict[str, Any]:
    """A daily schedule at the revision that it was just written at, also where somebody has written it since."""
    stored = text_at(schedule.pk, schedule.rev)
    if stored is not None:
        return represent_schedule(stored)
    latest = read_drafts([schedule.schedule_date])[schedule.schedule_date].schedule
    assignments = document_at(latest, schedule.rev)
    return _represent_with(schedule, assignments, any(map(_is_unpublished, _departures_in(assignments))))


def _represent_filtered(schedule: Any, *, guide_ids: Collection[str] | None) -> dict[str, Any]:
    departures = {item["key"]: item["value"] for item in schedule.matching_departures}
    assignments = _part_of_document(departures, schedule.entries or {}, guide_ids=guide_ids)
    is_unpublished = _has_unpublished_changes(schedule.suspects, departures.values)
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


def _departures_in(assignments: Mapping[str, Any]) -> Iterable[Any]:
    departures: Mapping[str, Any] = assignments.get("departures", {})
    return departures.values()


def _guides_of(departures: Collection[Any]) -> Iterator[str]:
    """The guides on the teams, and those in the last announcement of a departure."""
    for departure in departures:
        with suppress(AttributeError, KeyError, TypeError):  # one that cannot be read
            yield from (member["guide_id"] for member in departure.get("team", ()))
            yield from (departure.get("published") or {}).get("guide_ids", ())


def _has_unpublished_changes(suspects: Collection[Any], all_departures: Callable[[], Iterable[Any]]) -> bool:
    """Apply the departures' own rule to those that may be unpublished; to all where these are more than were given."""
    if any(map(_is_unpublished, suspects)):
        return True
    return len(suspects) >= MOST_SUSPECTS and any(map(_is_unpublished, all_departures()))


def _is_unpublished(stored: Any) -> bool:
    try:
        return Departure.model_validate(stored).has_unpublished_changes
    except ValidationError:
        # It cannot be read: nobody can publish it.
        return False
