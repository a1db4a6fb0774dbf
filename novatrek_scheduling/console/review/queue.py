"""The queue of open conflicts, the most severe first and the oldest of them, a page at a time."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse

from conflicts.choices import SEVERITY_LABELS, TYPE_LABELS
from conflicts.detection import ConflictType, Severity
from conflicts.models import ConflictQuerySet, ScheduleConflict
from novatrek_scheduling.console.marks import SEVERITIES, Look
from scheduling.admin.region_names import region_name
from scheduling.domain.words import as_label

PAGE_SIZE = 40
# Compared as the text in the details is: the index on it serves a filter.
_RANK = Case(*[When(level=severity.value, then=Value(severity.rank)) for severity in Severity], default=Value(0))
_COLUMNS = ("pk", "level", "description", "region", "on_date", "detected_at")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which open conflicts are asked for; what is absent or unreadable in an address filters nothing."""

    region_id: UUID | None = None
    day: date | None = None
    severity: Severity | None = None
    kind: ConflictType | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        return cls(
            _read(UUID, query.get("region")),
            _read(date.fromisoformat, query.get("date")),
            _read(Severity, query.get("severity")),
            _read(ConflictType, query.get("type")),
        )

    @property
    def query(self) -> str:
        """The filters as the query of an address, with its question mark; empty without any."""
        return self._query()

    def on_page(self, number: int) -> str:
        """Return the query of another page of the queue."""
        return self._query(page=number)

    def _query(self, **more: object) -> str:
        chosen = {"region": self.region_id, "date": self.day, "severity": self.severity, "type": self.kind, **more}
        text = urlencode({name: str(value) for name, value in chosen.items() if value})
        return f"?{text}" if text else ""

    def rows(self) -> ConflictQuerySet:
        """Return the open conflicts that pass."""
        found = ScheduleConflict.objects.open()
        if self.severity:
            found = found.of_severity(self.severity)
        if self.kind:
            found = found.filter(conflict_type=self.kind)
        return self._of_place(found)

    def counted_rows(self) -> ConflictQuerySet:
        """Return those among which severities and types are counted: of the date and region alone."""
        return self._of_place(ScheduleConflict.objects.open())

    def _of_place(self, found: ConflictQuerySet) -> ConflictQuerySet:
        if self.day:
            found = found.on(self.day)
        if self.region_id:
            found = found.filter(details__region_id=str(self.region_id))
        return found


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
    severities, kinds, total = _tallies(filters)
    ordered = _ordered(filters.rows())
    index = _index_of(current, ordered) if current else None
    page = number or (index // PAGE_SIZE + 1 if index is not None else 1)
    page = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    start = (page - 1) * PAGE_SIZE
    # One more on either side: what lies before and after the conflict may be on another page.
    first = max(start - 1, 0)
    read = _entries(ordered, first, start + PAGE_SIZE + 1)
    entries = tuple(read[start - first :][:PAGE_SIZE])
    if current is None and entries:
        current, index = entries[0].id, start
    before, after = _beside(index, read, first)
    return Queue(filters, entries, severities, kinds, total, page, current, before, after)


def next_open(filters: Filters, resolved: Iterable[UUID], after: ScheduleConflict) -> UUID | None:
    """Return the open conflict that follows `after` in the queue, or the first where none does."""
    ordered = _ordered(filters.rows().exclude(pk__in=list(resolved)))
    following = ordered.exclude(_precedes(after)).exclude(pk=after.pk)
    return following.values_list("pk", flat=True).first() or ordered.values_list("pk", flat=True).first()


def entries_of(conflict_ids: Collection[UUID]) -> list[Entry]:
    """Return these conflicts where they are open still, in the order of the queue."""
    rows = ScheduleConflict.objects.open().filter(pk__in=conflict_ids)
    return list(_read_entries(_ordered(rows).values_list(*_COLUMNS)))


def _ordered(rows: ConflictQuerySet) -> QuerySet[Any]:
    texts = {"level": "severity", "description": "description", "region": "region_id", "on_date": "conflict_date"}
    read = rows.annotate(**{name: KeyTextTransform(key, "details") for name, key in texts.items()})
    return read.annotate(rank=_RANK).order_by("-rank", "detected_at", "pk")


def _precedes(conflict: ScheduleConflict) -> Q:
    """Return the condition of those before it in the queue."""
    rank, found = conflict.severity.rank, conflict.detected_at
    earlier = Q(detected_at__lt=found) | Q(detected_at=found, pk__lt=conflict.pk)
    return Q(rank__gt=rank) | Q(Q(rank=rank), earlier)


def _index_of(current: UUID, ordered: QuerySet[Any]) -> int | None:
    conflict = ordered.filter(pk=current).first()
    return ordered.filter(_precedes(conflict)).count() if conflict else None


def _entries(ordered: QuerySet[Any], first: int, last: int) -> list[Entry]:
    return list(_read_entries(ordered.values_list(*_COLUMNS)[first:last]))


def _read_entries(rows: Iterable[tuple[Any, ...]]) -> Iterator[Entry]:
    for key, level, description, region, day, found in rows:
        place = region_name(region) if region else ""
        yield Entry(key, Severity(level), description or "", place, date.fromisoformat(day), found)


def _beside(index: int | None, read: list[Entry], first: int) -> tuple[Entry | None, Entry | None]:
    """Return the neighbours of the conflict at this place of the queue; of one that is not in it what comes first."""
    if index is None:
        return None, read[0] if read else None
    place = index - first
    before = read[place - 1] if 0 < place <= len(read) else None
    after = read[place + 1] if -1 <= place < len(read) - 1 else None
    return before, after


def _tallies(filters: Filters) -> tuple[tuple[Tally, ...], tuple[Tally, ...], int]:
    """Return the counts by severity and by type, and how many pass all filters, in one query."""
    rows = filters.counted_rows().annotate(level=KeyTextTransform("severity", "details"))
    levels: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    total = 0
    for level, kind, count in rows.values_list("level", "conflict_type").annotate(number=Count("pk")):
        is_of_level, is_of_kind = filters.severity in {None, level}, filters.kind in {None, kind}
        levels[level] += count if is_of_kind else 0
        kinds[kind] += count if is_of_level else 0
        total += count if is_of_level and is_of_kind else 0
    by_severity = [Tally(s.value, as_label(SEVERITY_LABELS[s]), levels[s.value]) for s in reversed(Severity)]
    by_kind = [Tally(kind.value, label, kinds[kind.value]) for kind, label in TYPE_LABELS.items()]
    return tuple(by_severity), tuple(by_kind), total


def _read(kind: Any, text: str | None) -> Any:
    try:
        return kind(text) if text else None
    except ValueError:
        return None
