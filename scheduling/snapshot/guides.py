"""Guides for a snapshot. Without them no decision is possible: svc-guide-management's silence is not a gap."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Certificate, Guide, LeftOut, RecordKind, Sibling, Snapshot
from scheduling.domain.limits import LONGEST_TRIP
from scheduling.siblings import SiblingFailure, SiblingNotFound, SiblingUnavailable, guide_management
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.guide_management import AvailabilityPayload, GuidePayload
from scheduling.siblings.last_good import CERTIFICATES, NO_TRAITS
from scheduling.siblings.last_good import GUIDES as GUIDES_JUDGED
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.records import Records
from scheduling.snapshot.gaps import Gaps, earlier, oldest_read_at
from scheduling.snapshot.translation import certificate_of, guide_of

GUIDES = Sibling.GUIDE_MANAGEMENT


@dataclass(frozen=True, slots=True)
class GuideLookups:
    """The running lookups of guides and their availability on some dates."""

    reader: SiblingReader
    lookups: Lookups
    gaps: Gaps
    all_guides: Future[Records[GuidePayload]] | None
    available: dict[date, Future[Records[GuidePayload]]] = field(default_factory=dict)

    @classmethod
    def start(
        cls, reader: SiblingReader, lookups: Lookups, gaps: Gaps, days: Iterable[date], *, all_guides: bool
    ) -> "GuideLookups":
        """Start to read the guides available on `days`, and with `all_guides` the others as well."""
        branch = lookups.branch(guide_management.read_guides, reader, lookups) if all_guides else None
        guide_lookups = cls(reader, lookups, gaps, branch)
        guide_lookups.add_days(days)
        return guide_lookups

    def add_days(self, days: Iterable[date]) -> None:
        """Start to read the guides available on further dates."""
        for day in sorted(set(days) - self.available.keys()):
            read = guide_management.read_available_guides
            self.available[day] = self.lookups.branch(read, self.reader, self.lookups, day)

    def finish(self) -> tuple[dict[UUID, Guide], dict[date, frozenset[UUID]]]:
        """Return all guides that were read, and for each date those available.

        Raises SiblingUnavailable, also for lists that have collapsed since they were last read.
        """
        listed = self._listed()
        return _guides_of(listed, {day: self._available_on(day) for day in self.available})

    def finish_known(self) -> tuple[dict[UUID, Guide], dict[date, frozenset[UUID]]]:
        """Return what `finish` does, without the lists that do not come or are not believed: the gaps name them."""
        listed = self.gaps.read_or_note(GUIDES, "the guides", self._listed)
        by_day = {
            day: self.gaps.read_or_note(GUIDES, f"who is available on {day}", partial(self._available_on, day))
            for day in self.available
        }
        return _guides_of(listed or [], {day: guides for day, guides in by_day.items() if guides is not None})

    def _listed(self) -> list[GuidePayload]:
        if self.all_guides is None:
            return []
        listed = self._guides(self.all_guides)
        self.reader.answers.judge(GUIDES_JUDGED, {guide.id: NO_TRAITS for guide in listed if _is_of_use(guide)})
        return listed

    def _available_on(self, day: date) -> list[GuidePayload]:
        guides = self._guides(self.available[day])
        self.reader.answers.judge_available({guide.id for guide in guides if _is_of_use(guide)}, day)
        return guides

    def _guides(self, branch: Future[Records[GuidePayload]]) -> list[GuidePayload]:
        return self.gaps.sound(GUIDES, RecordKind.GUIDE, self.lookups.branch_result(GUIDES, branch))


def _guides_of(
    listed: Iterable[GuidePayload], by_day: Mapping[date, Collection[GuidePayload]]
) -> tuple[dict[UUID, Guide], dict[date, frozenset[UUID]]]:
    payloads = {guide.id: guide for group in (listed, *by_day.values()) for guide in group}
    available = {day: frozenset(guide.id for guide in guides) for day, guides in by_day.items()}
    return {key: guide_of(payload) for key, payload in payloads.items()}, available


def _is_of_use(guide: GuidePayload) -> bool:
    return guide.status == "ACTIVE" and bool(guide.region_ids)


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
    certificates: dict[UUID, tuple[Certificate, ...]] = {}
    deadline = Deadline.after(deadline_seconds)
    judging = SiblingReader.judging(deadline, CERTIFICATES, fresh=fresh, safety_since=snapshot.safety_since)
    with judging as reader, Lookups(deadline) as lookups:
        read = partial(_read_certificates, reader)
        futures = {guide_id: lookups.call(GUIDES, read, guide_id) for guide_id in missing}
        for guide_id, future in futures.items():
            with suppress(SiblingUnavailable):
                certificates[guide_id] = lookups.result(GUIDES, future)
        try:
            reader.answers.judge(CERTIFICATES, _valid_names(certificates), asked=certificates.keys())
        except SiblingFailure:
            certificates = {}
    unread = [
        LeftOut(GUIDES, RecordKind.CERTIFICATES, guide_id, "they could not be read, or not be believed")
        for guide_id in missing
        if guide_id not in certificates
    ]
    return replace(
        snapshot,
        certificates={**snapshot.certificates, **certificates},
        left_out=tuple(dict.fromkeys((*snapshot.left_out, *unread))),
        read_at=oldest_read_at(snapshot.read_at, reader.read_at),
        safety_read_at=earlier(snapshot.safety_read_at, reader.safety_read_at),
    )


def _valid_names(certificates: Mapping[UUID, Iterable[Certificate]]) -> dict[UUID, frozenset[str]]:
    return {guide_id: frozenset(c.name for c in held if c.is_valid) for guide_id, held in certificates.items()}


def _read_certificates(reader: SiblingReader, guide_id: UUID) -> tuple[Certificate, ...]:
    try:
        return tuple(map(certificate_of, guide_management.read_certifications(reader, guide_id)))
    except SiblingNotFound:
        return ()


def with_availability_notes(
    snapshot: Snapshot, guide_ids: Collection[UUID], *, deadline_seconds: float, fresh: bool = False
) -> Snapshot:
    """Return the snapshot with the availability notes of these guides.

    They are read from the first date of the snapshot to `LONGEST_TRIP` after its last. Without an answer `unknown` says
    so: an unread note must not be taken for none.
    """
    deadline = Deadline.after(deadline_seconds)
    first, last = snapshot.days[0], snapshot.days[-1] + LONGEST_TRIP
    notes, gaps = dict(snapshot.availability_notes), Gaps()
    reader = SiblingReader(deadline, fresh=fresh, safety_since=snapshot.safety_since)
    with reader, Lookups(deadline) as lookups:
        futures = {
            guide_id: lookups.call(GUIDES, _read_windows, reader, guide_id, first, last)
            for guide_id in sorted(set(guide_ids))
        }
        for guide_id, future in futures.items():
            subject = f"availability notes of {_name(snapshot, guide_id)}"
            windows = gaps.result_or_note(lookups, GUIDES, future, subject) or []
            notes |= {(guide_id, day): note for day, note in _notes_by_date(windows, first, last)}
    return replace(
        snapshot,
        availability_notes=notes,
        unknown={**snapshot.unknown, **gaps.sentences()},
        read_at=oldest_read_at(snapshot.read_at, reader.read_at),
        safety_read_at=earlier(snapshot.safety_read_at, reader.safety_read_at),
    )


def _read_windows(reader: SiblingReader, guide_id: UUID, first: date, last: date) -> list[AvailabilityPayload]:
    try:
        return guide_management.read_availability(reader, guide_id, first, last)
    except SiblingNotFound:
        return []


def _name(snapshot: Snapshot, guide_id: UUID) -> str:
    guide = snapshot.guides.get(guide_id)
    return guide.name if guide else f"guide {guide_id}"


def _notes_by_date(windows: Sequence[AvailabilityPayload], first: date, last: date) -> Iterable[tuple[date, str]]:
    """Return the dates from `first` to `last` that have notes, those of several windows joined by "; "."""
    notes: dict[date, list[str]] = {}
    for window in windows:
        if window.notes and window.notes.strip():
            for day in _dates(max(first, window.start_date), min(last, window.end_date)):
                notes.setdefault(day, []).append(window.notes.strip())
    return ((day, "; ".join(dict.fromkeys(texts))) for day, texts in notes.items())


def _dates(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def with_availability_on(
    snapshot: Snapshot, days: Collection[date], *, deadline_seconds: float, fresh: bool = False
) -> Snapshot:
    """Return the snapshot with the guides available on `days` as well. Raises SiblingUnavailable."""
    missing = sorted(set(days) - set(snapshot.available))
    if not missing:
        return snapshot
    deadline, gaps = Deadline.after(deadline_seconds), Gaps()
    judging = SiblingReader.judging(deadline, GUIDES_JUDGED, fresh=fresh, safety_since=snapshot.safety_since)
    with judging as reader, Lookups(deadline) as lookups:
        guides, available = GuideLookups.start(reader, lookups, gaps, missing, all_guides=False).finish()
    return replace(
        snapshot,
        guides={**guides, **snapshot.guides},
        available={**snapshot.available, **available},
        read_at=oldest_read_at(snapshot.read_at, reader.read_at),
        safety_read_at=earlier(snapshot.safety_read_at, reader.safety_read_at),
        left_out=tuple(dict.fromkeys((*snapshot.left_out, *gaps.left_out()))),
    )
