"""Detected conflicts, and the extent to which each rule could be judged."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from conflicts.detection.causes import Cause, ConflictType
from conflicts.detection.seen_plans import seen_plan
from conflicts.detection.severity import Severity
from scheduling.domain.document import Departure

OURSELVES = "svc-scheduling-orchestrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedConflict:
    """A conflict that a rule found. `subjects` are the departures or the location it is about.

    `counterpart` distinguishes it from others of its cause about the same subjects: a guide, an alert, a trail.
    `evidence` are the facts it was found by, for which a risk is accepted; `read_at` are the times at which they
    were read, by source. `stored_evidence` is what of the facts is stored, where not everybody may read them all: of
    the others the digest alone tells whether they are still the same. `plans` are the departures as they were judged.
    """

    type: ConflictType
    cause: Cause
    severity: Severity
    description: str
    day: date
    region_id: UUID | None
    subjects: tuple[UUID, ...]
    counterpart: str = ""
    departure_ids: tuple[UUID, ...]
    trip_ids: tuple[UUID, ...] = ()
    guide_ids: tuple[UUID, ...] = ()
    trail_ids: tuple[UUID, ...] = ()
    guests: int = 0
    source_service: str = OURSELVES
    evidence: Mapping[str, Any] = field(default_factory=dict)
    stored_evidence: Mapping[str, Any] | None = None
    read_at: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[UUID, Departure] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The identity of the conflict: equal for equal type, cause, date, subjects and counterpart."""
        parts = [self.type, self.cause, self.day, *sorted(self.subjects), self.counterpart]
        return _digest([str(part) for part in parts])

    @property
    def evidence_digest(self) -> str:
        return _digest(self.evidence)

    def details(self) -> dict[str, Any]:
        """The conflict as it is stored and read by other teams; a field without a value is absent.

        `departure_ids` is always there, empty where guests wait for any departure.
        """
        details = {
            "severity": self.severity.value,
            "cause": self.cause.value,
            "description": self.description,
            "conflict_date": self.day.isoformat(),
            "region_id": str(self.region_id) if self.region_id else "",
            "departure_ids": _texts(self.departure_ids),
            "affected_trip_ids": _texts(self.trip_ids),
            "affected_guide_ids": _texts(self.guide_ids),
            "affected_trail_ids": _texts(self.trail_ids),
            "guests": self.guests,
            "subjects": _texts(self.subjects),
            "source_service": self.source_service,
            "fingerprint": self.fingerprint,
            "plan": {str(key): seen_plan(departure) for key, departure in self.plans.items()},
            "evidence": {
                "told": dict(self.evidence if self.stored_evidence is None else self.stored_evidence),
                "read_at": dict(self.read_at),
                "digest": self.evidence_digest,
            },
        }
        return {key: value for key, value in details.items() if value or key == "departure_ids"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """The findings of one rule about one departure.

    It is incomplete where a source that the rule needs did not answer; it clears no conflict then.
    """

    conflicts: tuple[DetectedConflict, ...] = ()
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Detection:
    """All findings, and the pairs of cause and subject that were judged in full."""

    conflicts: tuple[DetectedConflict, ...]
    judged: frozenset[tuple[str, str]]

    def has_judged(self, cause: str, subjects: Iterable[str]) -> bool:
        return any((cause, subject) in self.judged for subject in subjects)


UNKNOWN = Judgement(is_complete=False)
CLEAR = Judgement()


def _texts(ids: Iterable[UUID]) -> list[str]:
    return [str(key) for key in dict.fromkeys(ids)]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
