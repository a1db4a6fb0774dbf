"""Which open conflicts are asked for, by an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models.fields.json import KeyTextTransform

from conflicts.detection import ConflictType, Severity
from conflicts.models import ConflictQuerySet, ScheduleConflict


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

    @property
    def severities(self) -> list[Severity]:
        """Those that pass, the worst first."""
        return [severity for severity in reversed(Severity) if self.severity in {None, severity}]

    @property
    def kinds(self) -> list[ConflictType]:
        return [kind for kind in ConflictType if self.kind in {None, kind}]

    def of_severity(self, severity: Severity) -> ConflictQuerySet:
        """Return the open conflicts of one severity that pass, the oldest first, in the order of an index."""
        found = self.counted(severity)
        return found.filter(conflict_type=self.kind) if self.kind else found

    def counted(self, severity: Severity) -> ConflictQuerySet:
        """Return those of a severity among which types are counted: of the date and region alone."""
        found = ScheduleConflict.objects.open().ranked(severity)
        if self.day:
            found = found.on(self.day)
        if self.region_id:
            region = KeyTextTransform("region_id", "details")
            found = found.alias(region=region).filter(region=str(self.region_id))
        return found


def _read(kind: Any, text: str | None) -> Any:
    try:
        return kind(text) if text else None
    except ValueError:
        return None
