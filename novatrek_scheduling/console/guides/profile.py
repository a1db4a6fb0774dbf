"""What svc-guide-management says of one guide: profile, certificates, absences. Its silence is said, not guessed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings

from novatrek_scheduling.console.board.siblings_view import siblings_view
from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.errors import DomainError
from scheduling.domain.facts import Certificate, Guide, Sibling, Snapshot
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.guide_management import AvailabilityPayload, read_availability, read_certifications
from scheduling.siblings.tasks import run
from scheduling.snapshot.translation import certificate_of


@dataclass(frozen=True, slots=True)
class Window:
    """Dates from `first` to `last` on which a guide is away (or here, with a note); `note` may be about health."""

    first: date
    last: date
    is_away: bool
    note: str


@dataclass(frozen=True, slots=True)
class Profile:
    """`guide` is None where the sibling does not know them, or is silent: `is_silent` says which.

    `certificates` and `windows` are None where they could not be read.
    """

    guide: Guide | None
    is_silent: bool
    snapshot: Snapshot
    certificates: tuple[Certificate, ...] | None
    windows: tuple[Window, ...] | None


def read_profile(guide_id: UUID, first: date, last: date) -> Profile:
    """Read what the sibling says of a guide, with the windows that touch the dates from `first` to `last`."""
    snapshot = siblings_view(first, (), ())
    guide = snapshot.guides.get(guide_id)
    is_silent = not snapshot.knows(Sibling.GUIDE_MANAGEMENT)
    if guide is None:
        return Profile(None, is_silent, snapshot, None, None)
    with SiblingReader(Deadline.after(float(settings.SNAPSHOT_DEADLINE_SECONDS["interactive"]))) as reader:
        certificates = _certificates(reader, guide_id)
        windows = _windows(reader, guide_id, first, last)
    return Profile(guide, is_silent, snapshot, certificates, windows)


def _certificates(reader: SiblingReader, guide_id: UUID) -> tuple[Certificate, ...] | None:
    try:
        held = map(certificate_of, run(read_certifications(reader, guide_id)))
    except DomainError:
        return None
    return tuple(sorted(held, key=lambda held: (held.expires_on or date.max, held.name)))


def _windows(reader: SiblingReader, guide_id: UUID, first: date, last: date) -> tuple[Window, ...] | None:
    try:
        read = run(read_availability(reader, guide_id, first, last))
    except DomainError:
        return None
    return tuple(sorted(map(_window, read), key=lambda window: (window.first, window.last)))


def _window(payload: AvailabilityPayload) -> Window:
    return Window(payload.start_date, payload.end_date, not payload.available, (payload.notes or "").strip())
