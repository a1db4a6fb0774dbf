"""Guides for a snapshot. Without them there is no decision: their silence is never a gap."""

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Certificate, Guide, Sibling, Snapshot
from scheduling.domain.limits import LONGEST_TRIP
from scheduling.siblings import SiblingNotFound, SiblingUnavailable, guide_management
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.guide_management import AvailabilityPayload, GuidePayload
from scheduling.siblings.parallel import Lookups
from scheduling.snapshot.gaps import Gaps, together
from scheduling.snapshot.translation import certificate_of, guide_of

GUIDES = Sibling.GUIDE_MANAGEMENT


@dataclass(frozen=True, slots=True)
class People:
    """The lookups of guides for some dates, under way."""

    reader: SiblingReader
    lookups: Lookups
    everybody: Future[list[GuidePayload]] | None
    available: dict[date, Future[list[GuidePayload]]] = field(default_factory=dict)

    @classmethod
    def start(cls, reader: SiblingReader, lookups: Lookups, days: Iterable[date], *, everybody: bool) -> "People":
        """Begin to look up who is available on `days`, and with `everybody` who isn't."""
        roster = lookups.branch(guide_management.read_guides, reader, lookups) if everybody else None
        people = cls(reader, lookups, roster)
        people.also_on(days)
        return people

    def also_on(self, days: Iterable[date]) -> None:
        """Look up who is available on further dates."""
        for day in sorted(set(days) - self.available.keys()):
            read = guide_management.read_available_guides
            self.available[day] = self.lookups.branch(read, self.reader, self.lookups, day)

    def finish(self) -> tuple[dict[UUID, Guide], dict[date, frozenset[UUID]]]:
        """All guides that were read, and on each date those available. Raises SiblingUnavailable."""
        roster = self.lookups.branch_result(GUIDES, self.everybody) if self.everybody else []
        by_day = {day: self.lookups.branch_result(GUIDES, branch) for day, branch in self.available.items()}
        payloads = {guide.id: guide for group in (roster, *by_day.values()) for guide in group}
        available = {day: frozenset(guide.id for guide in guides) for day, guides in by_day.items()}
        return {key: guide_of(payload) for key, payload in payloads.items()}, available


def with_certificates(
    snapshot: Snapshot, guide_ids: Collection[UUID], *, deadline_seconds: float, fresh: bool = False
) -> Snapshot:
    """The snapshot and the certificates of these guides.

    A guide for whom nobody answers stays out of `certificates`; one whom svc-guide-management doesn't know
    has none.
    """
    reader = SiblingReader(Deadline.after(deadline_seconds), fresh=fresh)
    missing = sorted(set(guide_ids) - set(snapshot.certificates))
    with Lookups(reader.deadline) as lookups:
        read = partial(_certificates, reader)
        under_way = {guide_id: lookups.call(GUIDES, read, guide_id) for guide_id in missing}
        certificates = dict(snapshot.certificates)
        for guide_id, future in under_way.items():
            with suppress(SiblingUnavailable):
                certificates[guide_id] = lookups.result(GUIDES, future)
    return replace(snapshot, certificates=certificates, read_at=together(snapshot.read_at, reader.read_at))


def _certificates(reader: SiblingReader, guide_id: UUID) -> tuple[Certificate, ...]:
    try:
        return tuple(map(certificate_of, guide_management.read_certifications(reader, guide_id)))
    except SiblingNotFound:
        return ()


def with_availability_notes(
    snapshot: Snapshot, guide_ids: Collection[UUID], *, deadline_seconds: float, fresh: bool = False
) -> Snapshot:
    """The snapshot and what is noted beside the availability of these guides, on its dates and after.

    Where nobody answers, `unknown` says so: a note that nobody read must not be taken for none.
    """
    reader = SiblingReader(Deadline.after(deadline_seconds), fresh=fresh)
    first, last = snapshot.days[0], snapshot.days[-1] + LONGEST_TRIP
    notes, gaps = dict(snapshot.availability_notes), Gaps()
    with Lookups(reader.deadline) as lookups:
        under_way = {
            guide_id: lookups.call(GUIDES, _windows, reader, guide_id, first, last)
            for guide_id in sorted(set(guide_ids))
        }
        for guide_id, future in under_way.items():
            what = f"notes beside the availability of {_name(snapshot, guide_id)}"
            windows = gaps.filled(lookups, GUIDES, future, what) or []
            notes |= {(guide_id, day): note for day, note in _noted(windows, first, last)}
    return replace(
        snapshot,
        availability_notes=notes,
        unknown={**snapshot.unknown, **gaps.sentences()},
        read_at=together(snapshot.read_at, reader.read_at),
    )


def _windows(reader: SiblingReader, guide_id: UUID, first: date, last: date) -> list[AvailabilityPayload]:
    try:
        return guide_management.read_availability(reader, guide_id, first, last)
    except SiblingNotFound:
        return []


def _name(snapshot: Snapshot, guide_id: UUID) -> str:
    guide = snapshot.guides.get(guide_id)
    return guide.name if guide else f"guide {guide_id}"


def _noted(windows: Sequence[AvailabilityPayload], first: date, last: date) -> Iterable[tuple[date, str]]:
    """The dates from `first` to `last` that have notes; those of several windows together."""
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
    """The snapshot and who is available on `days` as well. Raises SiblingUnavailable."""
    missing = sorted(set(days) - set(snapshot.available))
    if not missing:
        return snapshot
    reader = SiblingReader(Deadline.after(deadline_seconds), fresh=fresh)
    with Lookups(reader.deadline) as lookups:
        people = People.start(reader, lookups, missing, everybody=False)
        guides, available = people.finish()
    return replace(
        snapshot,
        guides={**guides, **snapshot.guides},
        available={**snapshot.available, **available},
        read_at=together(snapshot.read_at, reader.read_at),
    )
