"""Reasons for a person's approval. A team that needs it is not announced before a person has approved it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

from scheduling.domain.approval_reasons import ApprovalCode, ApprovalReason
from scheduling.domain.document import AssignmentStatus, Departure, TeamMember
from scheduling.domain.facts import Sibling, Snapshot
from scheduling.rules.guides import has_unread_certificates, notes_of
from scheduling.rules.inputs import NO_ADJUSTMENTS, Demand, EntriesByDate, Facts

# A plan is made without the answer of one of these as well; a person has to approve it then.
_SAFETY_SIBLINGS = (Sibling.WEATHER, Sibling.TRAIL_MANAGEMENT, Sibling.LOCATION_SERVICES, Sibling.GUIDE_MANAGEMENT)
LEFT_A_NOTE = "left a note"
# Characters of a digest: enough to tell the notes of one guide apart.
_DIGEST_LENGTH = 16


def reasons_to_approve(
    guide_ids: Iterable[UUID], demand: Demand, facts: Facts, entered: EntriesByDate
) -> dict[ApprovalReason, str]:
    """Return the reasons for a person's approval of a team, each in words.

    They are silent siblings, unread certificates and free-text notes. What a note says is not in the words: whoever
    may read it finds it with the guide's entries.
    """
    snapshot = facts.snapshot
    reasons = {
        ApprovalReason(code=ApprovalCode.SIBLING_SILENT, sibling=sibling): snapshot.unknown[sibling]
        for sibling in _SAFETY_SIBLINGS
        if not snapshot.knows(sibling)
    }
    for guide_id in guide_ids:
        guide = snapshot.guides.get(guide_id)
        name = guide.name if guide else f"guide {guide_id}"
        if guide and has_unread_certificates(guide, demand, snapshot):
            unread = ApprovalReason(code=ApprovalCode.CERTIFICATES_UNREAD, guide_id=guide_id)
            reasons[unread] = f"the certificates of {name} could not be read"
        if notes_of(guide_id, demand, snapshot, entered.of(guide_id, demand.days)):
            reasons[ApprovalReason(code=ApprovalCode.NOTE, guide_id=guide_id)] = f"{name} {LEFT_A_NOTE}"
    return reasons


def entered_notes(guide_id: UUID, days: Sequence[date], entered: EntriesByDate) -> frozenset[str]:
    """Return the digests of the notes that a guide entered for these dates.

    Digests tell whether a note is the one that was approved, and repeat it nowhere.
    """
    return _digests(entered.by_day.get(day, {}).get(guide_id, NO_ADJUSTMENTS).guide_notes for day in days)


def known_notes(guide_id: UUID, days: Sequence[date], snapshot: Snapshot, entered: EntriesByDate) -> frozenset[str]:
    """Return the digests of all of a guide's notes of these dates: entered, and of availability windows."""
    windows = (snapshot.availability_notes.get((guide_id, day)) for day in days)
    return entered_notes(guide_id, days, entered) | _digests(windows)


def _digests(notes: Iterable[str | None]) -> frozenset[str]:
    stripped = (note.strip() for note in notes if note)
    return frozenset(sha256(note.encode()).hexdigest()[:_DIGEST_LENGTH] for note in stripped if note)


def unapproved(member: TeamMember, notes: Collection[str]) -> frozenset[str]:
    """Return those of the member's notes that no publication has approved yet."""
    return frozenset(notes).difference(member.approved_notes or ())


def hear_entered_notes(
    departure: Departure, before: Mapping[UUID, frozenset[str]], after: Mapping[UUID, frozenset[str]]
) -> None:
    """Take in how the entered notes of guides on a published team changed, from the digests `before` to `after`.

    A note that came takes the confirmation of its guide back. One that went gives it back, if no other is open and the
    plan is still the one that was announced.
    """
    for member in departure.team:
        came = after.get(member.guide_id, frozenset()) - before.get(member.guide_id, frozenset())
        went = before.get(member.guide_id, frozenset()) - after.get(member.guide_id, frozenset())
        if member.hears_notes():
            had = frozenset(member.open_notes or ())
            _await_approval(member, departure, (had - went) | unapproved(member, came))


def hear_all_notes(
    departure: Departure, member: TeamMember, snapshot: Snapshot, days: Sequence[date], entered: EntriesByDate
) -> None:
    """Take in the notes of a member of a published team as they are now, as `hear_entered_notes` does.

    Where svc-guide-management did not answer, the notes that were open stay open.
    """
    if not member.hears_notes():
        return
    open_notes = unapproved(member, known_notes(member.guide_id, days, snapshot, entered))
    if not snapshot.knows(Sibling.GUIDE_MANAGEMENT):
        open_notes |= frozenset(member.open_notes or ())
    _await_approval(member, departure, open_notes)


def _await_approval(member: TeamMember, departure: Departure, open_notes: Collection[str]) -> None:
    if open_notes:
        member.assignment_status = AssignmentStatus.PENDING_APPROVAL
    elif member.open_notes and departure.is_as_told(member.guide_id):
        member.end_approval(AssignmentStatus.CONFIRMED)
    member.open_notes = sorted(open_notes) or None
