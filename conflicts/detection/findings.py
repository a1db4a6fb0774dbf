"""What detection finds, and how much of it could be judged."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from conflicts.choices import Cause, ConflictType, Severity

OURSELVES = "svc-scheduling-orchestrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedConflict:
    """One thing that is wrong. `subjects` are the departures or the place it is about.

    `counterpart` tells it from others of its cause about the same subjects: a guide, an alert, a trail.
    `told` is what was read, and what an acceptance of the risk was given for; `read_at` is when, by source.
    """

    type: ConflictType
    cause: Cause
    severity: Severity
    description: str
    day: date
    region_id: UUID
    subjects: tuple[UUID, ...]
    counterpart: str = ""
    departure_ids: tuple[UUID, ...]
    trip_ids: tuple[UUID, ...] = ()
    guide_ids: tuple[UUID, ...] = ()
    trail_ids: tuple[UUID, ...] = ()
    guests: int = 0
    source_service: str = OURSELVES
    told: Mapping[str, Any] = field(default_factory=dict)
    read_at: Mapping[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The same facts give the same one."""
        parts = [self.type, self.cause, self.day, *sorted(self.subjects), self.counterpart]
        return _digest([str(part) for part in parts])

    @property
    def evidence_digest(self) -> str:
        return _digest(self.told)

    def details(self) -> dict[str, Any]:
        """As it is stored and read by others; what has no value is absent."""
        found = {
            "severity": self.severity.value,
            "cause": self.cause.value,
            "description": self.description,
            "conflict_date": self.day.isoformat(),
            "region_id": str(self.region_id),
            "departure_ids": _texts(self.departure_ids),
            "affected_trip_ids": _texts(self.trip_ids),
            "affected_guide_ids": _texts(self.guide_ids),
            "affected_trail_ids": _texts(self.trail_ids),
            "guests": self.guests,
            "subjects": _texts(self.subjects),
            "source_service": self.source_service,
            "fingerprint": self.fingerprint,
            "evidence": {"told": dict(self.told), "read_at": dict(self.read_at), "digest": self.evidence_digest},
        }
        return {key: value for key, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one rule says of one departure. Incomplete: a source it needs did not answer, so it clears nothing."""

    found: tuple[DetectedConflict, ...] = ()
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Detection:
    """Everything found, and which rules were judged in full of which subjects."""

    found: tuple[DetectedConflict, ...]
    judged: frozenset[tuple[str, str]]

    def has_judged(self, cause: str, subjects: Iterable[str]) -> bool:
        return any((cause, subject) in self.judged for subject in subjects)


UNKNOWN = Judgement(is_complete=False)


def _texts(ids: Iterable[UUID]) -> list[str]:
    return [str(each) for each in dict.fromkeys(ids)]


def _digest(what: Any) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()
