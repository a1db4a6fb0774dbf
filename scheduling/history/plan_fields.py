"""The fields of a departure's plan: what is restored, undone and compared between revisions."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from scheduling.domain.document import AssignmentStatus, Departure, DepartureStatus, TeamMember

RESTORED_FIELDS = ("team", "trail_id", "starts_at", "ends_at", "capacity", "status", "unassigned_reason")
"""By the names under which the document and the history have them. Of the status, whether it is cancelled."""

DERIVED_FIELDS = frozenset({"unassigned_reason"})
"""What follows from the others and may be said anew at any time."""


def plan_of(departure: Departure) -> dict[str, object]:
    """Return the plan to compare, by field. Members' statuses follow from later announcements and are not in it."""
    return {
        "team": frozenset((member.guide_id, member.role, member.pinned) for member in departure.team),
        "trail_id": departure.trail_id,
        "starts_at": departure.starts_at,
        "ends_at": departure.ends_at,
        "capacity": departure.capacity,
        "status": departure.is_cancelled,
        "unassigned_reason": departure.unassigned_reason,
    }


def differing_fields(departure: Departure, other: Departure) -> frozenset[str]:
    """Return the fields in which two plans differ."""
    own, others = plan_of(departure), plan_of(other)
    return frozenset(name for name in RESTORED_FIELDS if own[name] != others[name])


def changes_a_plan(changes: Mapping[str, Any]) -> bool:
    """Return whether a revision, as the history has its changes, changed the plan of a departure that stayed."""
    entries = changes.get("departures", {}).values()
    return any(any(_changed_fields(entry.get("fields", {}))) for entry in entries)


def take_over(departure: Departure, earlier: Departure, names: Collection[str]) -> None:
    """Give a departure these fields of an earlier plan.

    No guide is confirmed by it without an announcement, or without a due approval. There are never fewer places than
    guests, unless there were fewer already. A reinstated departure is as published as it was if nobody was told.
    """
    if "team" in names:
        departure.team = [_restored(member, departure) for member in earlier.team]
    if "unassigned_reason" in names:
        reason = earlier.unassigned_reason
        departure.unassigned_reason = reason and reason.model_copy(deep=True)
    if "capacity" in names:
        departure.capacity = max(earlier.capacity, min(departure.capacity, departure.participants))
    if "status" in names:
        departure.status = _restored_status(departure, earlier)
    for name in ("trail_id", "starts_at", "ends_at"):
        if name in names:
            setattr(departure, name, getattr(earlier, name))


def _changed_fields(fields: Mapping[str, Any]) -> Iterator[str]:
    for name in RESTORED_FIELDS:
        if name in fields and name not in DERIVED_FIELDS:
            old, new = (fields[name].get(side) for side in ("old", "new"))
            if _comparable(name, old) != _comparable(name, new):
                yield name


def _comparable(name: str, stored: Any) -> object:
    if name == "status":
        return bool(stored == DepartureStatus.CANCELLED.value)
    if name == "team":
        members = stored or ()
        return frozenset((member["guide_id"], member["role"], member.get("pinned", False)) for member in members)
    return stored


def _restored_status(departure: Departure, earlier: Departure) -> DepartureStatus:
    if earlier.is_cancelled:
        return DepartureStatus.CANCELLED
    is_as_announced = departure.published == earlier.published and earlier.status is not DepartureStatus.DRAFT
    return DepartureStatus.PUBLISHED if is_as_announced else DepartureStatus.DRAFT


def _restored(earlier: TeamMember, departure: Departure) -> TeamMember:
    """Return a restored member of `departure`; the notes that are approved and open are those of now."""
    present = next((member for member in departure.team if member.guide_id == earlier.guide_id), None)
    notes = {
        "approved_notes": present.approved_notes if present else earlier.approved_notes,
        "open_notes": present.open_notes if present else None,
    }
    status = _status(earlier, departure)
    if status is not AssignmentStatus.PENDING_APPROVAL:
        notes["approval_reasons"] = None
    return earlier.model_copy(deep=True, update={"assignment_status": status, **notes})


def _status(earlier: TeamMember, departure: Departure) -> AssignmentStatus:
    """The status of a restored member of `departure`, which is as it was before the restoration.

    A member who is confirmed now stays confirmed; one who awaits approval, then or now, awaits it. Of the others those
    are confirmed who were so then and to whom the departure was last announced; the rest are TENTATIVE.
    """
    present = {member.guide_id: member.assignment_status for member in departure.team}.get(earlier.guide_id)
    if present is AssignmentStatus.CONFIRMED:
        return present
    if AssignmentStatus.PENDING_APPROVAL in {present, earlier.assignment_status}:
        return AssignmentStatus.PENDING_APPROVAL
    is_announced = departure.published is not None and earlier.guide_id in departure.published.guide_ids
    return earlier.assignment_status if is_announced else AssignmentStatus.TENTATIVE
