"""The open conflicts of dates, and the risks that people have accepted on them, as pages need them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Func, JSONField, QuerySet, Value
from django.utils.translation import gettext

from conflicts.choices import CAUSE_LABELS, SEVERITY_LABELS
from conflicts.detection import Cause, ConflictType, Severity
from conflicts.models import ScheduleConflict
from conflicts.monitoring.honoured import accepted_risks_on
from novatrek_scheduling.console.marks import (
    SEVERITIES,
    Mark,
)
from scheduling.daily_schedules.selectors import dates_out_on
from scheduling.domain.accepted_risks import AcceptedRisk
from scheduling.domain.limits import LONGEST_TRIP

CONFLICT_COLUMNS = ("conflict_id", "conflict_type", "shown_details", "detected_at")
NOT_SHOWN = ("evidence", "plan", "resolution_options")
"""What the details have besides what pages show of many conflicts: most of them, once options were searched."""


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """What a page needs of an open conflict."""

    id: UUID
    type: ConflictType
    cause: Cause
    severity: Severity
    description: str
    departure_ids: frozenset[UUID]
    guide_ids: frozenset[UUID]
    detected_at: datetime
    day: date
    region_id: UUID | None

    @property
    def severity_word(self) -> str:
        return gettext(SEVERITY_LABELS[self.severity])

    @property
    def cause_words(self) -> str:
        return gettext(CAUSE_LABELS[self.cause])

    @property
    def mark(self) -> Mark:
        return Mark(SEVERITIES[self.severity], self.description)


def open_conflicts_on(day: date, last: date | None = None) -> list[OpenConflict]:
    """Return the open conflicts of a date, those of departures out since an earlier one included, the worst first.

    With `last` those of all dates up to it.
    """
    rows = ScheduleConflict.objects.open()
    if last is None:
        return read_conflicts(columns_of(rows.shown_on(day, dates_out_on(day))))
    return read_conflicts(columns_of(rows.between(day - LONGEST_TRIP, last)))


def columns_of(rows: QuerySet[ScheduleConflict, Any]) -> QuerySet[ScheduleConflict, tuple[Any, ...]]:
    """Return what `read_conflicts` needs of these conflicts: the rest of their details is not sent."""
    shown = Func(
        F("details"),
        Value([*NOT_SHOWN]),
        template="(%(expressions)s::text[])",
        arg_joiner=" - ",
        output_field=JSONField(),
    )
    return rows.annotate(shown_details=shown).values_list(*CONFLICT_COLUMNS)


def read_conflicts(rows: Iterable[tuple[Any, ...]]) -> list[OpenConflict]:
    """Return the conflicts of which these are the columns, the worst first and of those the oldest."""
    found = [_conflict(*row) for row in rows]
    return sorted(found, key=lambda conflict: (-conflict.severity.rank, conflict.detected_at, conflict.id))


@dataclass(frozen=True, slots=True)
class Matters:
    """What is open and what was accepted about the departures of a date, those out since earlier ones included."""

    conflicts: tuple[OpenConflict, ...]
    risks: tuple[AcceptedRisk, ...]


def matters_about(day: date, departure_ids: Collection[UUID]) -> Matters:
    """Read what is open and accepted about some departures of a date, in two queries; of others nothing is parsed."""
    rows = ScheduleConflict.objects.open().between(day - LONGEST_TRIP, day)
    about = rows.filter(details__departure_ids__has_any_keys=[str(key) for key in departure_ids])
    return Matters(tuple(read_conflicts(columns_of(about))), tuple(accepted_risks_on(day)))


def matters_of(day: date, last: date | None = None) -> Matters:
    """Read what is open and accepted about a date, or about all from it to `last`, in two queries."""
    return Matters(tuple(open_conflicts_on(day, last)), tuple(accepted_risks_on(day, last)))


def _conflict(conflict_id: UUID, kind: str, details: Mapping[str, Any], detected_at: datetime) -> OpenConflict:
    return OpenConflict(
        id=conflict_id,
        type=ConflictType(kind),
        cause=Cause(details["cause"]),
        severity=Severity(details["severity"]),
        description=str(details["description"]),
        departure_ids=frozenset(map(UUID, details["departure_ids"])),
        guide_ids=frozenset(map(UUID, details.get("affected_guide_ids", []))),
        detected_at=detected_at,
        day=date.fromisoformat(details["conflict_date"]),
        region_id=UUID(details["region_id"]) if details.get("region_id") else None,
    )
