"""The queue of open conflicts, the most severe first and the oldest of them, a page at a time.

Of each severity it has the first thousand: whatever there is beyond them comes up as those are resolved.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from conflicts.choices import SEVERITY_LABELS, TYPE_LABELS
from conflicts.detection import Severity
from conflicts.models import ScheduleConflict
from novatrek_scheduling.console.counts import MOST, NONE, RowCount, count_all
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
    count: RowCount


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue. `current` is the conflict that is looked at; it may not be open any more."""

    filters: Filters
    entries: tuple[Entry, ...]
    severities: tuple[Tally, ...]
    kinds: tuple[Tally, ...]
    total: RowCount
    number: int
    current: UUID | None
    before: Entry | None
    after: Entry | None

    @property
    def pages(self) -> int:
        return _pages(self.total)

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
    counted = count_all({level.value: filters.of_severity(level) for level in Severity})
    total = sum((counted[severity.value] for severity in filters.severities), start=NONE)
    sizes = {level: counted[level.value].number for level in Severity}
    index = _index_of(current, filters, sizes) if current else None
    page = number or (index // PAGE_SIZE + 1 if index is not None else 1)
    page = min(max(page, 1), _pages(total))
    start = (page - 1) * PAGE_SIZE
    # One more on either side: what lies before and after the conflict may be on another page.
    first = max(start - 1, 0)
    read = _window(filters, sizes, first, start + PAGE_SIZE + 1)
    entries = tuple(read[start - first :][:PAGE_SIZE])
    if current is None and entries:
        current, index = entries[0].id, start
    before, after = _beside(index, read, first)
    return Queue(filters, entries, _severities(counted), _kinds(filters), total, page, current, before, after)


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
    """Return the place of a conflict in the queue; None of one that is not in it, or beyond what it has."""
    conflict = ScheduleConflict.objects.open().filter(pk=current).first()
    if conflict is None or conflict.severity not in filters.severities:
        return None
    own = filters.of_severity(conflict.severity)
    if not own.filter(pk=current).exists():
        return None
    worse = sum(sizes[severity] for severity in filters.severities if severity.rank > conflict.severity.rank)
    earlier = Q(detected_at__lt=conflict.detected_at) | Q(detected_at=conflict.detected_at, pk__lt=conflict.pk)
    before = own.filter(earlier)[:MOST].count()
    return worse + before if before < MOST else None


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


def _pages(total: RowCount) -> int:
    return max(1, -(-total.number // PAGE_SIZE))


def _severities(counted: Mapping[str, RowCount]) -> tuple[Tally, ...]:
    """Return how many of each severity the other filters leave."""
    return tuple(
        Tally(level.value, capfirst(_(SEVERITY_LABELS[level])), counted[level.value]) for level in reversed(Severity)
    )


def _kinds(filters: Filters) -> tuple[Tally, ...]:
    """Return how many of each type the other filters leave, of each severity among its first, in one query."""
    parts, values = [], list[Any]()
    for severity in filters.severities:
        first = filters.counted(severity).values("conflict_type")[: MOST + 1]
        statement, parameters = first.query.sql_with_params()
        parts.append(f"SELECT %s, conflict_type, count(*) FROM ({statement}) AS found GROUP BY conflict_type")  # noqa: S608 (of Django's compiler)
        values += [severity.value, *parameters]
    by_kind, by_severity = Counter[str](), Counter[str]()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        for severity, kind, number in cursor.fetchall():
            by_kind[kind] += number
            by_severity[severity] += number
    are_more = any(number > MOST for number in by_severity.values())
    return tuple(
        Tally(kind.value, _(label), RowCount(by_kind[kind], are_more and by_kind[kind] > 0))
        for kind, label in TYPE_LABELS.items()
    )
