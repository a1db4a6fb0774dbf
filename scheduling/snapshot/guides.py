"""Guides for a snapshot. Without them no decision is possible: svc-guide-management's silence is not a gap."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain
from uuid import UUID

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Guide, RecordKind, Sibling, Snapshot
from scheduling.siblings import guide_management
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.guide_management import GuidePayload
from scheduling.siblings.last_good import GUIDES as GUIDES_JUDGED
from scheduling.siblings.last_good import NO_TRAITS
from scheduling.siblings.paging import Page
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.records import Records, Translatable
from scheduling.siblings.tasks import Task
from scheduling.snapshot.gaps import Gaps, earlier, oldest_read_at
from scheduling.snapshot.translation import guide_of

GUIDES = Sibling.GUIDE_MANAGEMENT

_Pages = Sequence[Translatable]
"""A list of guides as its pages: what is made of one is made once, however many snapshots use the same response."""


@dataclass(frozen=True, slots=True)
class GuideLookups:
    """The running lookups of guides and their availability on some dates."""

    reader: SiblingReader
    lookups: Lookups
    gaps: Gaps
    all_guides: Task[Records[GuidePayload]] | None
    available: dict[date, Task[Records[GuidePayload]]] = field(default_factory=dict)

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
        return _guides_of(listed or (), {day: pages for day, pages in by_day.items() if pages is not None})

    def _listed(self) -> _Pages:
        if self.all_guides is None:
            return ()
        pages = self._pages(self.all_guides)
        self.reader.answers.judge(GUIDES_JUDGED, dict.fromkeys(_of_use_in(pages), NO_TRAITS))
        return pages

    def _available_on(self, day: date) -> _Pages:
        pages = self._pages(self.available[day])
        self.reader.answers.judge_available(_of_use_in(pages), day)
        return pages

    def _pages(self, branch: Task[Records[GuidePayload]]) -> _Pages:
        records = self.lookups.result(GUIDES, branch)
        self.gaps.leave_out(GUIDES, RecordKind.GUIDE, records.sick)
        return records.pages


def _guides_of(listed: _Pages, by_day: Mapping[date, _Pages]) -> tuple[dict[UUID, Guide], dict[date, frozenset[UUID]]]:
    guides: dict[UUID, Guide] = {}
    for page in chain(listed, *by_day.values()):
        guides |= _guides_on(page)
    available = {day: frozenset().union(*map(_guides_on, pages)) for day, pages in by_day.items()}
    return guides, available


def _guides_on(page: Translatable) -> dict[UUID, Guide]:
    return page.translated_by(_guides_by_id)


def _guides_by_id(page: Page[GuidePayload]) -> dict[UUID, Guide]:
    return {guide.id: guide for guide in map(guide_of, page.entries)}


def _of_use_in(pages: _Pages) -> frozenset[UUID]:
    return frozenset().union(*(page.translated_by(_of_use_on) for page in pages))


def _of_use_on(page: Page[GuidePayload]) -> frozenset[UUID]:
    guides = _guides_on(page)
    # Few are not. A set made of a mapping as a whole has its hashes, and those of ids take long.
    return frozenset(guides).difference(
        key for key, guide in guides.items() if not guide.is_active or not guide.region_ids
    )


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
    return snapshot.with_facts(
        guides={**guides, **snapshot.guides},
        available={**snapshot.available, **available},
        read_at=oldest_read_at(snapshot.read_at, reader.read_at),
        safety_read_at=earlier(snapshot.safety_read_at, reader.safety_read_at),
        left_out=tuple(dict.fromkeys((*snapshot.left_out, *gaps.left_out()))),
    )
