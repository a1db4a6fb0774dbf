"""The facts that a patch is checked against."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.decision_facts import DepartureToCreate, load_decision_facts
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.daily_schedules.reached import adjusted_guides, departures_reached
from scheduling.daily_schedules.surroundings import departures_at
from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument
from scheduling.domain.limits import LONGEST_TRIP
from scheduling.patches.departure_edits import differs
from scheduling.rules import Facts
from scheduling.rules.inputs import days_of
from scheduling.siblings import SiblingUnavailable

# The fields of a departure that the hard rules depend on.
CHECKED_FIELDS = ("team", "trail_id", "location_id", "starts_at", "ends_at")
CREATING_FIELDS = frozenset({"trip_id", "starts_at"})
_RULED_FIELDS = CREATING_FIELDS | {*CHECKED_FIELDS, "status"}


def load_patch_facts(
    day: date,
    patches: Mapping[UUID, Mapping[str, Any] | None],
    enter: Callable[[ScheduleDocument], None],
    *,
    of_all: bool = False,
) -> Facts | None:
    """Read the facts for `patches`, validated fields by departure, and for what `enter` puts into guides' entries.

    None where the patch needs none, unless `of_all`. Raises SiblingUnavailable where a plan cannot be checked. Guide
    adjustments are stored all the same, and are checked against our own documents.
    """
    draft = read_drafts([day], departures=patches.keys())[day]
    departures = draft.original.departures
    named = {key: fields for key, fields in patches.items() if fields}
    checked = {key: fields for key, fields in named.items() if of_all or needs_facts(fields, departures.get(key))}
    if checked:
        return _load_facts(day, checked, departures)
    enter(draft.document)
    near, further = _departures_reached(Change(draft.schedule, draft.original, draft.document, frozenset()), day)
    if not near and not further:
        return None
    try:
        return load_decision_facts([day], near, further=further)
    except SiblingUnavailable:
        return None


def needs_facts(fields: Mapping[str, Any], departure: Departure | None) -> bool:
    """Return whether a patch of the departure, or of a new one, depends on the siblings' facts."""
    if departure is None:
        return fields.keys() >= CREATING_FIELDS
    is_reinstated = fields.get("status") == DepartureStatus.DRAFT and departure.status is DepartureStatus.CANCELLED
    is_draft = departure.status is DepartureStatus.DRAFT and bool(departure.team)
    is_to_publish = is_draft and fields.get("status") == DepartureStatus.PUBLISHED
    changed = [name for name in CHECKED_FIELDS if name in fields and differs(departure, name, fields[name])]
    # Releasing guides breaks no rule, whichever sibling is unavailable.
    is_released = changed == ["team"] and not fields["team"]
    return is_reinstated or is_to_publish or (bool(changed) and not is_released)


def is_ruled(patches: Mapping[UUID, Mapping[str, Any] | None]) -> bool:
    """Return whether a patch may depend on facts, or touch guides or seats, whatever its departures are.

    Of one that may not, nothing has to be read before the documents are locked.
    """
    return any(fields and not _RULED_FIELDS.isdisjoint(fields) for fields in patches.values())


def guides_in(patches: Iterable[Mapping[str, Any] | None]) -> set[UUID]:
    """Return the guides on the teams of these patches of departures."""
    return {member["guide_id"] for fields in patches if fields for member in fields.get("team") or ()}


def _load_facts(day: date, checked: Mapping[UUID, Mapping[str, Any]], departures: Mapping[UUID, Departure]) -> Facts:
    existing = [departures[key] for key in checked if key in departures]
    moved = [_moved(departures[key], fields) for key, fields in checked.items() if key in departures]
    created = [fields for key, fields in checked.items() if key not in departures and fields.keys() >= CREATING_FIELDS]
    return load_decision_facts(
        [day],
        existing + moved,
        to_create=[
            DepartureToCreate(fields["trip_id"], fields["starts_at"], fields.get("ends_at")) for fields in created
        ],
        trail_ids={fields["trail_id"] for fields in checked.values() if fields.get("trail_id")},
        guide_ids=guides_in(checked.values()),
        fresh=any(fields.get("status") == DepartureStatus.PUBLISHED for fields in checked.values()),
    )


def _moved(departure: Departure, fields: Mapping[str, Any]) -> Departure:
    """The departure at the requested times, by its own clock, for at most the duration that one may have."""
    starts_at, ends_at = (
        fields.get(name, getattr(departure, name)).astimezone(departure.starts_at.tzinfo)
        for name in ("starts_at", "ends_at")
    )
    return departure.model_copy(update={"starts_at": starts_at, "ends_at": min(ends_at, starts_at + LONGEST_TRIP)})


def _departures_reached(change: Change, day: date) -> tuple[list[Departure], list[Departure]]:
    """Return the departures that are out on `day`, and those of other dates, that the changed entries may be about."""
    guides = adjusted_guides(change)
    of_the_day = [*change.before.departures_of(guides).values()] if guides else []
    reached = departures_reached({day: change})
    elsewhere = departures_at({other: keys for other, keys in reached.items() if other != day})
    return (
        of_the_day + [departure for departure in elsewhere if day in days_of(departure)],
        [departure for departure in elsewhere if day not in days_of(departure)],
    )
