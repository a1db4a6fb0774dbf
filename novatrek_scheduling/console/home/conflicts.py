"""The open conflicts of some dates, and how many there are of each severity, whatever their number."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse

from conflicts.detection import Severity
from conflicts.models import ScheduleConflict
from novatrek_scheduling.console.counts import RowCount
from novatrek_scheduling.console.marks import SEVERITIES, Look
from novatrek_scheduling.console.open_conflicts import OpenConflict, columns_of, read_conflicts
from novatrek_scheduling.console.review.filters import Filters

MOST_OF_A_DATE = 200
"""The open conflicts of one severity that are read of a date; whoever has more of them looks at the review."""


@dataclass(frozen=True, slots=True)
class SeverityCount:
    """How many open conflicts of a severity there are, with the address of their review."""

    severity: Severity
    count: RowCount
    address: str

    @property
    def look(self) -> Look:
        return SEVERITIES[self.severity]


@dataclass(frozen=True, slots=True)
class DatedConflicts:
    """The open conflicts of some dates, the worst first; of `cut` (severity and date) there are more."""

    all: tuple[OpenConflict, ...] = ()
    cut: frozenset[tuple[Severity, date]] = frozenset()

    def by_severity(self, day: date, region_id: UUID) -> tuple[SeverityCount, ...]:
        """Return the counts of a date in a region, the worst severity first and without those of none."""
        here = Counter(found.severity for found in self.all if (found.day, found.region_id) == (day, region_id))
        return tuple(
            SeverityCount(
                severity,
                RowCount(here[severity], (severity, day) in self.cut),
                review_of(Filters(region_id=region_id, day=day, severity=severity)),
            )
            for severity in reversed(Severity)
            if here[severity]
        )


def read_dated(days: Collection[date]) -> DatedConflicts:
    """Read the open conflicts of these dates, of each severity and date no more than `MOST_OF_A_DATE`."""
    if not days:
        return DatedConflicts()
    parts = [
        columns_of(ScheduleConflict.objects.open().on(day).ranked(severity))[: MOST_OF_A_DATE + 1]
        for day in sorted(days)
        for severity in Severity
    ]
    first, *others = parts
    found = read_conflicts(first.union(*others, all=True))
    numbers = Counter((conflict.severity, conflict.day) for conflict in found)
    return DatedConflicts(tuple(found), frozenset(key for key, number in numbers.items() if number > MOST_OF_A_DATE))


def severity_counts(counts: Mapping[str, RowCount]) -> tuple[SeverityCount, ...]:
    """Return the counts of all dates, the worst severity first; `counts` are by severity."""
    return tuple(
        SeverityCount(severity, counts[severity], review_of(Filters(severity=severity)))
        for severity in reversed(Severity)
    )


def review_of(filters: Filters) -> str:
    return reverse("console:review") + filters.query


def worst_first(counts: Iterable[SeverityCount]) -> tuple[int, ...]:
    """Return a key by which more of the worse comes first."""
    by_severity = {found.severity: found.count.number for found in counts}
    return tuple(-by_severity.get(severity, 0) for severity in reversed(Severity))
