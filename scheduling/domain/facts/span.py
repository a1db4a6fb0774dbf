"""Spans of time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open interval from `starts_at` up to, not including, `ends_at`; both aware."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    @property
    def duration(self) -> timedelta:
        """The elapsed time. Computed in UTC: within one ZoneInfo, Python subtracts wall-clock times."""
        return self.ends_at.astimezone(UTC) - self.starts_at.astimezone(UTC)

    def widened(self, by: timedelta) -> "Span":
        """Return the span extended by `by` of elapsed time at either end, in UTC."""
        return Span(self.starts_at.astimezone(UTC) - by, self.ends_at.astimezone(UTC) + by)


def local_dates(span: Span) -> tuple[date, date]:
    """Return the first and the last date of `span`, each by its own UTC offset: clocks may change in between."""
    return span.starts_at.date(), (span.ends_at - timedelta(microseconds=1)).date()
