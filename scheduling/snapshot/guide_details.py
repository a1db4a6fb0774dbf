"""Certificates and availability notes of single guides, read once it is known of whom they are needed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Certificate, LeftOut, RecordKind, Sibling, Snapshot
from scheduling.domain.limits import LONGEST_TRIP
from scheduling.siblings import SiblingFailure, SiblingNotFound, SiblingUnavailable, guide_management
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.guide_management import AvailabilityPayload
from scheduling.siblings.last_good import CERTIFICATES
from scheduling.siblings.parallel import Lookups
from scheduling.snapshot.asked_once import GuidesAsked, asked_in_run
from scheduling.snapshot.gaps import Gaps, ReadAt, earlier, oldest_read_at
from scheduling.snapshot.translation import certificate_of

GUIDES = Sibling.GUIDE_MANAGEMENT


def with_certificates(
    snapshot: Snapshot, guide_ids: Collection[UUID], *, deadline_seconds: float, fresh: bool = False
) -> Snapshot:
    """Return the snapshot with the certificates of these guides.

    They are read in the order of `guide_ids`, as far as the deadline reaches. Without an answer that can be believed a
    guide is missing in `certificates`; a guide whom svc-guide-management does not know has none.
    """
    missing = [key for key in dict.fromkeys(guide_ids) if key not in snapshot.certificates]
    if not missing:
        return snapshot
    asked = _asked(snapshot, fresh=fresh)
    certificates = asked.certificates.of(missing, since=asked.oldest)
    read_at = asked.certificates.read_at(certificates)
    if to_ask := [key for key in missing if key not in certificates]:
        read, reader = _certificates_of(to_ask, deadline_seconds, fresh=fresh, safety_since=snapshot.safety_since)
        asked.certificates.keep(read, reader.safety_read_at)
        certificates |= read
        read_at = earlier(read_at, reader.safety_read_at)
    unread = [
        LeftOut(GUIDES, RecordKind.CERTIFICATES, guide_id, "they could not be read, or not be believed")
        for guide_id in missing
        if guide_id not in certificates
    ]
    return snapshot.with_facts(
        certificates={**snapshot.certificates, **certificates},
        left_out=tuple(dict.fromkeys((*snapshot.left_out, *unread))),
        read_at=_with_guides_read(snapshot, read_at),
        safety_read_at=earlier(snapshot.safety_read_at, read_at),
    )


def _certificates_of(
    guide_ids: Collection[UUID], deadline_seconds: float, *, fresh: bool, safety_since: datetime | None
) -> tuple[dict[UUID, tuple[Certificate, ...]], SiblingReader]:
    """Return the certificates that were read and believed, and the reader of the sibling."""
    certificates: dict[UUID, tuple[Certificate, ...]] = {}
    deadline = Deadline.after(deadline_seconds)
    judging = SiblingReader.judging(deadline, CERTIFICATES, asked=guide_ids, fresh=fresh, safety_since=safety_since)
    with judging as reader, Lookups(deadline) as lookups:
        guide_management.look_up_certifications(reader, guide_ids)
        read = lookups.each(GUIDES, partial(_read_certificates, reader), guide_ids)
        for guide_id in guide_ids:
            with suppress(SiblingUnavailable):
                certificates[guide_id] = read.of(guide_id)
        try:
            reader.answers.judge(CERTIFICATES, _valid_names(certificates), asked=certificates.keys())
        except SiblingFailure:
            certificates = {}
    return certificates, reader


def _asked(snapshot: Snapshot, *, fresh: bool) -> GuidesAsked:
    """Return what the run under way was told of guides; nothing for a decision that must not rest on it."""
    first, last = snapshot.days[0], snapshot.days[-1]
    must_ask = fresh or snapshot.safety_since is not None
    return GuidesAsked(first, last) if must_ask else asked_in_run(first, last)


def _with_guides_read(snapshot: Snapshot, read_at: datetime | None) -> ReadAt:
    return oldest_read_at(snapshot.read_at, {GUIDES: read_at}) if read_at else snapshot.read_at


def _valid_names(certificates: Mapping[UUID, Iterable[Certificate]]) -> dict[UUID, frozenset[str]]:
    return {guide_id: frozenset(c.name for c in held if c.is_valid) for guide_id, held in certificates.items()}


async def _read_certificates(reader: SiblingReader, guide_id: UUID) -> tuple[Certificate, ...]:
    try:
        return tuple(map(certificate_of, await guide_management.read_certifications(reader, guide_id)))
    except SiblingNotFound:
        return ()


def with_availability_notes(
    snapshot: Snapshot, guide_ids: Collection[UUID], *, deadline_seconds: float, fresh: bool = False
) -> Snapshot:
    """Return the snapshot with the availability notes of these guides.

    They are read from the first date of the snapshot to `LONGEST_TRIP` after its last. Without an answer `unknown` says
    so: an unread note must not be taken for none.
    """
    first, last = snapshot.days[0], snapshot.days[-1] + LONGEST_TRIP
    notes, gaps = dict(snapshot.availability_notes), Gaps()
    asked, chosen = _asked(snapshot, fresh=fresh), sorted(set(guide_ids))
    windows = asked.windows.of(chosen, since=asked.oldest)
    read_at = asked.windows.read_at(windows)
    if to_ask := [key for key in chosen if key not in windows]:
        read, reader = _windows_of(to_ask, snapshot, gaps, asked, deadline_seconds, fresh=fresh)
        asked.windows.keep(read, reader.safety_read_at)
        windows |= read
        read_at = earlier(read_at, reader.safety_read_at)
    for guide_id in chosen:
        notes |= {(guide_id, day): note for day, note in _notes_by_date(windows.get(guide_id, ()), first, last)}
    return snapshot.with_facts(
        availability_notes=notes,
        unknown={**snapshot.unknown, **gaps.sentences()},
        read_at=_with_guides_read(snapshot, read_at),
        safety_read_at=earlier(snapshot.safety_read_at, read_at),
    )


def _windows_of(
    guide_ids: Collection[UUID],
    snapshot: Snapshot,
    gaps: Gaps,
    asked: GuidesAsked,
    deadline_seconds: float,
    *,
    fresh: bool,
) -> tuple[dict[UUID, list[AvailabilityPayload]], SiblingReader]:
    """Return the availability windows that were read, for all dates of the run, and the reader of the sibling."""
    first, last = asked.first, asked.last + LONGEST_TRIP
    deadline = Deadline.after(deadline_seconds)
    reader = SiblingReader(deadline, fresh=fresh, safety_since=snapshot.safety_since)
    with reader, Lookups(deadline) as lookups:
        guide_management.look_up_availability(reader, guide_ids, first, last)
        answers = lookups.each(GUIDES, partial(_read_windows, reader, first, last), guide_ids)
        read = {
            key: gaps.read_or_note(GUIDES, f"availability notes of {_name(snapshot, key)}", partial(answers.of, key))
            for key in guide_ids
        }
    return {key: windows for key, windows in read.items() if windows is not None}, reader


async def _read_windows(reader: SiblingReader, first: date, last: date, guide_id: UUID) -> list[AvailabilityPayload]:
    try:
        return await guide_management.read_availability(reader, guide_id, first, last)
    except SiblingNotFound:
        return []


def _name(snapshot: Snapshot, guide_id: UUID) -> str:
    guide = snapshot.guides.get(guide_id)
    return guide.name if guide else f"guide {guide_id}"


def _notes_by_date(windows: Sequence[AvailabilityPayload], first: date, last: date) -> Iterable[tuple[date, str]]:
    """Return the dates from `first` to `last` that have notes, those of several windows joined by "; "."""
    notes: dict[date, list[str]] = {}
    for window in windows:
        if text := (window.notes or "").strip():
            for day in _dates(max(first, window.start_date), min(last, window.end_date)):
                notes.setdefault(day, []).append(text)
    return ((day, texts[0] if len(texts) == 1 else "; ".join(dict.fromkeys(texts))) for day, texts in notes.items())


def _dates(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
