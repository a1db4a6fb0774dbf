"""What publishing makes of a departure, and which departures it concerns."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from scheduling.domain.document import Announcement, AssignmentStatus, Departure, DepartureStatus


def departures_due(departures: Mapping[UUID, Departure], keys: Iterable[UUID]) -> dict[UUID, Departure]:
    """Return those of these departures that differ from their last announcement, or whose teams are not confirmed."""
    found = ((key, departures[key]) for key in keys)
    return {key: departure for key, departure in found if is_due(departure)}


def is_due(departure: Departure) -> bool:
    """Return whether publishing the departure changes it. An unstaffed draft stays one: its plan is not made yet."""
    if departure.status is DepartureStatus.CANCELLED:
        return departure.has_unpublished_changes
    if is_unstaffed_draft(departure):
        return False
    is_confirmed = all(m.assignment_status is AssignmentStatus.CONFIRMED for m in departure.team)
    return departure.has_unpublished_changes or departure.status is DepartureStatus.DRAFT or not is_confirmed


def is_unstaffed_draft(departure: Departure) -> bool:
    """Return whether nobody leads the departure, and nobody was told that they would."""
    is_draft = departure.status is DepartureStatus.DRAFT
    # A cancellation is announced without guides: once the departure is reinstated its plan is announced again.
    is_announced_to_guides = bool(departure.published and departure.published.guide_ids)
    return is_draft and not departure.team and not is_announced_to_guides


def publish(departure: Departure, notes: Mapping[UUID, Collection[str]]) -> bool:
    """Publish a departure with the notes of its guides, and return whether that announces anything new."""
    is_new = departure.published is None or departure.has_unpublished_changes
    if departure.status is DepartureStatus.CANCELLED:
        departure.published = _announcement(departure, [])
        return is_new
    if departure.status is DepartureStatus.DRAFT:
        departure.status = DepartureStatus.PUBLISHED
    for member in departure.team:
        member.approve(notes.get(member.guide_id, ()))
    if is_new:
        departure.published = _announcement(departure, [member.guide_id for member in departure.team])
    return is_new


def guides_replanned(departures: Iterable[Departure]) -> frozenset[UUID]:
    """Return the guides of the drafts among departures that are to be published: their plans are others than before."""
    drafts = (departure for departure in departures if departure.status is DepartureStatus.DRAFT)
    return frozenset(member.guide_id for departure in drafts for member in departure.team)


def _announcement(departure: Departure, guide_ids: list[UUID]) -> Announcement:
    return Announcement(
        guide_ids=guide_ids,
        lead_id=departure.lead_id if guide_ids else None,
        trail_id=departure.trail_id,
        starts_at=departure.starts_at,
        ends_at=departure.ends_at,
    )
