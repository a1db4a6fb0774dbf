"""Checks of a write by the optimizer: started departures, pinned guides and fields of other owners are unchanged."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from optimization.verification.evidence import Breach, CheckedDeparture, Finding, HardRule
from scheduling.domain.document import (
    Departure,
    DepartureStatus,
    ScheduleDocument,
    changed_departures,
    differs_beside_departures,
)

# The decisions of a plan, and the number of guests by its formula from the catalog just read.
PLAN_FIELDS = frozenset(
    {"team", "trail_id", "unassigned_reason", "participants", "catalog_participants", "moved_guests"}
)
PUBLICATION_FIELDS = frozenset({"status", "published"})


def check_pinned(checked: CheckedDeparture) -> Iterator[Breach]:
    before = checked.evidence.before.get(checked.id)
    yield from _unpinned(before, checked.departure) if before else ()


def _unpinned(before: Departure, after: Departure) -> Iterator[Breach]:
    still = {member.guide_id for member in after.team if member.pinned}
    for member in before.team:
        if member.pinned and member.guide_id not in still:
            yield Breach(f"{member.guide_name} is pinned, but was removed", member.guide_id)


def forbidden_changes(
    before: ScheduleDocument, after: ScheduleDocument, now: datetime, *, publishes: Collection[UUID] = ()
) -> Iterator[Finding]:
    """Yield the changes that no plan may make; the writer may set the status of departures in `publishes`."""
    if differs_beside_departures(before, after):
        yield Finding(HardRule.OWNERSHIP, None, "the guides' entries or unknown fields are changed")
    for key in sorted(changed_departures(before, after)):
        old, new = before.departures.get(key), after.departures.get(key)
        if old and new and _without_names(old) == _without_names(new):
            continue
        if new is None:
            yield Finding(HardRule.OWNERSHIP, key, "the departure is removed")
        elif old is None:
            yield from _in_new_departure(key, new, may_publish=key in publishes)
        else:
            yield from _in_departure(key, old, new, now, may_publish=key in publishes)


def _without_names(departure: Departure) -> Departure:
    """Return the departure without the names of its guides, which follow svc-guide-management at every write."""
    team = [member.model_copy(update={"guide_name": ""}) for member in departure.team]
    return departure.model_copy(update={"team": team})


def _in_new_departure(key: UUID, new: Departure, *, may_publish: bool) -> Iterator[Finding]:
    yield from _miscounted(key, new)
    if new.status != DepartureStatus.DRAFT and not may_publish:
        yield Finding(HardRule.OWNERSHIP, key, f"the new departure is {new.status}")


def _in_departure(key: UUID, old: Departure, new: Departure, now: datetime, *, may_publish: bool) -> Iterator[Finding]:
    if old.starts_at <= now or old.status not in {DepartureStatus.DRAFT, DepartureStatus.PUBLISHED}:
        yield Finding(HardRule.STARTED, key, f"the departure of {old.starts_at} is {old.status} and was changed")
    for breach in _unpinned(old, new):
        yield Finding(HardRule.PINNED, key, breach.message, breach.guide_id)
    own = PLAN_FIELDS | PUBLICATION_FIELDS if may_publish else PLAN_FIELDS
    foreign = sorted(_changed_fields(old, new) - own)
    if foreign:
        yield Finding(HardRule.OWNERSHIP, key, f"fields of other owners are changed: {', '.join(foreign)}")
    yield from _miscounted(key, new)


def _miscounted(key: UUID, new: Departure) -> Iterator[Finding]:
    expected = max(new.catalog_participants or 0, sum(new.reservations.values()))
    if new.participants != expected:
        yield Finding(HardRule.OWNERSHIP, key, f"{new.participants} participants instead of {expected}")


def _changed_fields(old: Departure, new: Departure) -> set[str]:
    before: dict[str, Any] = dict(old)
    after: dict[str, Any] = dict(new)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
