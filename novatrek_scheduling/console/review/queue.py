"""The queue of open conflicts, the most severe first and the oldest of them, a page at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from conflicts.choices import SEVERITY_LABELS, TYPE_LABELS
from conflicts.detection import Severity
from conflicts.models import ScheduleConflict
from novatrek_scheduling.console.marks import SEVERITIES, Look
from novatrek_scheduling.console.review.filters import Filters
from scheduling.admin.region_names import region_names

PAGE_SIZE = 40
_TEXTS = {"level": "severity", "description": "description", "region": "region_id", "on_date": "conflict_date"}
_COLUMNS = ("pk", *_TEXTS, "detected_at")


@dataclass(frozen=True, slots=True)
class Entry:
    """An open conflict as the queue shows it."""

    id: UUID
    severity: Severity
    description: str
    region: str
    day: date
    detected_at: datetime

    @property
    def look(self) -> Look:
        return SEVERITIES[self.severity]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many conflicts a value of a filter has."""

    value: str
    word: str
    count: int


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue. `current` is the conflict that is looked at; it may not be open any more."""

    filters: Filters
    entries: tuple[Entry, ...]
    severities: tuple[Tally, ...]
    kinds: tuple[Tally, ...]
    total: int
    number: int
    current: UUID | None
    before: Entry | None
    after: Entry | None

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def first(self) -> int:
        """The number of its first entry."""
        return (self.number - 1) * PAGE_SIZE + 1

    @property
    def previous_page(self) -> str:
        return reverse("console:review") + self.filters.on_page(self.number - 1)

    @property
    def next_page(self) -> str:
        return reverse("console:review") + self.filters.on_page(self.number + 1)


def read_queue(filters: Filters, current: UUID | None = None, number: int | None = None) -> Queue:
    """Return a page of the queue: `number` from 1, or else that of the `current` conflict, or else the first.

    Without a current one the first of the page is looked at. Takes few queries, however many conflicts there are.
    """
    counts = _counts(filters)
    sizes = {level: sum(counts[level].get(kind, 0) for kind in filters.kinds) for level in Severity}
    total = sum(sizes[severity] for severity in filters.severities)
    index = _index_of(current, filters, sizes) if current else None
    page = number or (index // PAGE_SIZE + 1 if index is not None else 1)
    page = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    start = (page - 1) * PAGE_SIZE
    # One more on either side: what lies before and after the conflict may be on another page.
    first = max(start - 1, 0)
    read = _window(filters, sizes, first, start + PAGE_SIZE + 1)
    entries = tuple(read[start - first :][:PAGE_SIZE])
    if current is None and entries:
        current, index = entries[0].id, start
    before, after = _beside(index, read, first)
    return Queue(filters, entries, *_tallies(filters, counts), total, page, current, before, after)


def next_open(filters: Filters, after: ScheduleConflict) -> UUID | None:
    """Return the open conflict that follows `after` in the queue, or the first where none does."""
    following = Q(detected_at__gt=after.detected_at) | Q(detected_at=after.detected_at, pk__gt=after.pk)
    lower = [severity for severity in filters.severities if severity.rank < after.severity.rank]
    searches = [filters.of_severity(severity) for severity in (*lower, *filters.severities)]
    if after.severity in filters.severities:
        searches.insert(0, filters.of_severity(after.severity).filter(following))
    found = (rows.exclude(pk=after.pk).values_list("pk", flat=True).first() for rows in searches)
    return next((key for key in found if key), None)


def entries_of(conflict_ids: Sequence[UUID]) -> list[Entry]:
    """Return these conflicts where they are open still, in the order in which they are given."""
    texts = {name: KeyTextTransform(key, "details") for name, key in _TEXTS.items()}
    rows = ScheduleConflict.objects.open().filter(pk__in=conflict_ids).annotate(**texts)
    found = {entry.id: entry for entry in _read_entries(rows.values_list(*_COLUMNS))}
    return [found[key] for key in conflict_ids if key in found]


def _index_of(current: UUID, filters: Filters, sizes: Mapping[Severity, int]) -> int | None:
    """Return the place of a conflict in the queue; None of one that is not in it."""
    conflict = ScheduleConflict.objects.open().filter(pk=current).first()
    if conflict is None or conflict.severity not in filters.severities:
        return None
    own = filters.of_severity(conflict.severity)
    if not own.filter(pk=current).exists():
        return None
    worse = sum(sizes[severity] for severity in filters.severities if severity.rank > conflict.severity.rank)
    earlier = Q(detected_at__lt=conflict.detected_at) | Q(detected_at=conflict.detected_at, pk__lt=conflict.pk)
    return worse + own.filter(earlier).count()


def _window(filters: Filters, sizes: Mapping[Severity, int], first: int, last: int) -> list[Entry]:
    """Return the entries of the queue from place `first` up to, not including, `last`."""
    keys: list[UUID] = []
    begins = 0
    for severity in filters.severities:
        low, high = max(first - begins, 0), min(last - begins, sizes[severity])
        if low < high:
            keys += filters.of_severity(severity).values_list("pk", flat=True)[low:high]
        begins += sizes[severity]
    return entries_of(keys)


def _read_entries(rows: Iterable[tuple[Any, ...]]) -> Iterator[Entry]:
    # Nothing is better than the id of a region that the catalog does not have.
    names = region_names()
    for key, level, description, region, day, found in rows:
        yield Entry(key, Severity(level), description or "", names.get(region, ""), date.fromisoformat(day), found)


def _beside(index: int | None, read: list[Entry], first: int) -> tuple[Entry | None, Entry | None]:
    """Return the neighbours of the conflict at this place of the queue; of one that is not in it what comes first."""
    if index is None:
        return None, read[0] if read else None
    place = index - first
    before = read[place - 1] if 0 < place <= len(read) else None
    after = read[place + 1] if -1 <= place < len(read) - 1 else None
    return before, after


def _counts(filters: Filters) -> dict[Severity, dict[str, int]]:
    """Return how many conflicts there are by severity and type, in one query."""
    counts: dict[Severity, dict[str, int]] = {severity: {} for severity in Severity}
    first, *others = (_counted(filters, severity) for severity in Severity)
    for level, kind, number in first.union(*others, all=True):
        counts[Severity(level)][kind] = number
    return counts


def _counted(filters: Filters, severity: Severity) -> QuerySet[Any, Any]:
    rows = filters.counted(severity).order_by().values("conflict_type").annotate(number=Count("pk"))
    return rows.annotate(level=Value(severity.value)).values_list("level", "conflict_type", "number")


def _tallies(
    filters: Filters, counts: Mapping[Severity, Mapping[str, int]]
) -> tuple[tuple[Tally, ...], tuple[Tally, ...]]:
    """Return the counts by severity and by type, each of what the other filters leave."""
    by_severity = [
        Tally(level.value, capfirst(_(SEVERITY_LABELS[level])), sum(counts[level].get(k, 0) for k in filters.kinds))
        for level in reversed(Severity)
    ]
    by_kind = [
        Tally(kind.value, _(label), sum(counts[level].get(kind, 0) for level in filters.severities))
        for kind, label in TYPE_LABELS.items()
    ]
    return tuple(by_severity), tuple(by_kind)
