"""How daily schedules are shown: the stored document as it is, with the columns beside it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from novatrek_scheduling.api.pagination import Page
from novatrek_scheduling.api.serializers import instant
from scheduling.daily_schedules.selectors import filters_departures
from scheduling.domain.document import Departure, DepartureStatus, Role
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


def represent_schedule(schedule: DailySchedule, *, departure_ids: frozenset[UUID] | None = None) -> dict[str, Any]:
    """A daily schedule as the API shows it: the stored document itself, not parsed and written again.

    With `departure_ids` only those departures, and the adjustments of the guides on them.
    """
    assignments = schedule.assignments
    if departure_ids is not None:
        keys = frozenset(map(str, departure_ids))
        departures = {key: departure for key, departure in assignments.get("departures", {}).items() if key in keys}
        assignments = {**assignments, **_part_of_document(departures, assignments.get("guide_adjustments", {}))}
    return _represent_with(schedule, assignments)


def _represent_filtered(schedule: Any, *, guide_ids: Collection[str] | None) -> dict[str, Any]:
    departures = {item["key"]: item["value"] for item in schedule.matching_departures}
    return _represent_with(schedule, _part_of_document(departures, schedule.entries or {}, guide_ids=guide_ids))


def _part_of_document(
    departures: Mapping[str, Any], guide_adjustments: Mapping[str, Any], *, guide_ids: Collection[str] | None = None
) -> dict[str, Any]:
    """Some stored departures with the adjustments of the guides on them, or of `guide_ids` instead."""
    chosen = set(_guides_of(departures.values()) if guide_ids is None else guide_ids)
    adjustments = {key: entered for key, entered in guide_adjustments.items() if key in chosen}
    return {"departures": departures, "guide_adjustments": adjustments}


def _represent_with(schedule: DailySchedule, assignments: Mapping[str, Any]) -> dict[str, Any]:
    representation: dict[str, Any] = {
        "schedule_id": str(schedule.schedule_id),
        "schedule_date": schedule.schedule_date.isoformat(),
        "assignments": assignments,
        "_rev": schedule.rev,
        "created_at": instant(schedule.created_at),
        "updated_at": instant(schedule.updated_at),
        "unpublished_changes": _has_unpublished_changes(assignments.get("departures", {})),
    }
    if schedule.published_at:
        representation["published_at"] = instant(schedule.published_at)
    return representation


def etag_of(schedule: DailySchedule) -> str:
    """The entity tag of a daily schedule at its revision."""
    return etag_of_rev(schedule.rev)


def etag_of_rev(rev: int) -> str:
    return f'"{rev}"'


def _guides_of(departures: Collection[Any]) -> Iterator[str]:
    """The guides on the teams, and those in the last announcement of a departure."""
    for departure in departures:
        with suppress(AttributeError, KeyError, TypeError):  # one that cannot be read
            yield from (member["guide_id"] for member in departure.get("team", ()))
            yield from (departure.get("published") or {}).get("guide_ids", ())


def _has_unpublished_changes(departures: Mapping[str, Any]) -> bool:
    """Apply the document's own rule, to those departures only whose stored text differs from its announcement."""
    return any(_is_unpublished(stored) for stored in departures.values())


def _is_unpublished(stored: Mapping[str, Any]) -> bool:
    try:
        return not _is_stored_as_announced(stored) and Departure.model_validate(stored).has_unpublished_changes
    except (AttributeError, KeyError, TypeError, ValidationError):
        # It cannot be read: nobody can publish it.
        return False


def _is_stored_as_announced(stored: Mapping[str, Any]) -> bool:
    announced, team = stored.get("published"), stored.get("team", ())
    if announced is None:
        return not team
    ends_at = stored["ends_at"]
    lead_id = next((member["guide_id"] for member in team if member["role"] == Role.LEAD), None)
    plan = (stored.get("trail_id"), stored["starts_at"], ends_at, [member["guide_id"] for member in team], lead_id)
    is_cancelled = stored.get("status") == DepartureStatus.CANCELLED
    published = (
        announced.get("trail_id"),
        announced["starts_at"],
        announced.get("ends_at", ends_at),
        announced["guide_ids"],
        announced.get("lead_id", lead_id),
    )
    return not is_cancelled and plan == published
