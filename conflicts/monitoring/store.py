"""Storing detected conflicts: one open row per fingerprint."""

import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from conflicts.choices import AcceptanceEnding
from conflicts.detection import Cause, DetectedConflict
from conflicts.history.recording import Detected, record_detections
from conflicts.models import RiskAcceptance
from conflicts.monitoring.accepted import judge_acceptances
from conflicts.monitoring.renewal import OPTIONAL_DETAILS, unchanged_rows
from conflicts.options import accept_risk
from scheduling.models import schedule_id_of

# The older row keeps its id, its options and the time of its first detection.
_UPSERT = """
    INSERT INTO schedule_conflicts (conflict_id, schedule_id, conflict_type, details, resolved, detected_at)
    SELECT detected.conflict_id, detected.schedule_id, detected.conflict_type, detected.details, false, %(now)s
    FROM jsonb_to_recordset(%(detected)s::jsonb)
        AS detected (conflict_id uuid, schedule_id uuid, conflict_type text, details jsonb)
    ORDER BY detected.details ->> 'fingerprint'
    ON CONFLICT ((details ->> 'fingerprint')) WHERE NOT resolved
    DO UPDATE SET details = (schedule_conflicts.details - %(optional)s::text[])
        || (EXCLUDED.details - 'resolution_options')
        || jsonb_build_object('severity_before', schedule_conflicts.details -> 'severity')
    RETURNING conflict_id, details ->> 'fingerprint', details ->> 'severity_before'
"""


@dataclass(frozen=True, slots=True)
class StoredConflicts:
    """The detected conflicts, the ids of their open rows by fingerprint, and the ids of new and of cleared rows."""

    by_fingerprint: Mapping[str, UUID] = field(default_factory=dict)
    new: tuple[UUID, ...] = ()
    cleared: tuple[UUID, ...] = ()
    detected: tuple[DetectedConflict, ...] = ()


def store_conflicts(detected: Iterable[DetectedConflict], *, now: datetime) -> StoredConflicts:
    """Insert conflicts, or update the open row of the same fingerprint.

    Conflicts whose risk is accepted are left out, unless they are more severe or have other evidence than was
    accepted. Two writers that detect the same conflict at once end with one row: the second waits for the
    first and updates it. A row that says the same already is not written (`conflicts/monitoring/renewal.py`).
    """
    unaccepted = _without_accepted({conflict.fingerprint: conflict for conflict in detected}, now)
    if not unaccepted:
        return StoredConflicts()
    rows = {fingerprint: _row(conflict) for fingerprint, conflict in unaccepted.items()}
    unchanged = unchanged_rows({key: row["details"] for key, row in rows.items()}, now=now)
    written = _write({key: row for key, row in rows.items() if key not in unchanged}, now)
    inserted = {row["conflict_id"] for row in rows.values()}
    by_fingerprint = unchanged | {fingerprint: conflict_id for conflict_id, fingerprint, _ in written}
    record_detections(
        [
            Detected(conflict_id, unaccepted[fingerprint], before if str(conflict_id) not in inserted else None)
            for conflict_id, fingerprint, before in written
        ],
        now=now,
    )
    new = tuple(conflict_id for conflict_id, _, _ in written if str(conflict_id) in inserted)
    return StoredConflicts(by_fingerprint, new, detected=tuple(unaccepted.values()))


def _write(rows: Mapping[str, Mapping[str, Any]], now: datetime) -> list[tuple[UUID, str, str | None]]:
    """Insert or update these rows; return of each its id, fingerprint and severity before, None for a new one."""
    if not rows:
        return []
    values: dict[str, Any] = {
        "detected": json.dumps(list(rows.values())),
        "optional": list(OPTIONAL_DETAILS),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, values)
        written: list[tuple[UUID, str, str | None]] = cursor.fetchall()
    return written


def _without_accepted(detected: dict[str, DetectedConflict], now: datetime) -> dict[str, DetectedConflict]:
    """The conflicts that no acceptance silences. Acceptances of a smaller risk than there is now end."""
    accepted = judge_acceptances(detected, now)
    if accepted.outgrown:
        RiskAcceptance.objects.filter(pk__in=accepted.outgrown).end(AcceptanceEnding.OUTGROWN, at=now)
    return {key: conflict for key, conflict in detected.items() if key not in accepted.silenced}


def _row(conflict: DetectedConflict) -> dict[str, Any]:
    conflict_id, details = uuid4(), conflict.details()
    details["resolution_options"] = acceptance_option(conflict_id, details)
    return {
        "conflict_id": str(conflict_id),
        "schedule_id": str(schedule_id_of(conflict.day)),
        "conflict_type": conflict.type.value,
        "details": details,
    }


def acceptance_option(conflict_id: UUID, details: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The option to accept the risk, which is there before any search; none where nobody may."""
    return [accept_risk(conflict_id, details).stored()] if Cause(details["cause"]).may_be_accepted else []


_being_resolved: ContextVar[frozenset[UUID]] = ContextVar("conflicts being resolved", default=frozenset())


@contextmanager
def being_resolved(conflict_id: UUID) -> Any:
    """Keep clearing away from a conflict inside the block, which ends it by a resolution of its own."""
    token = _being_resolved.set(_being_resolved.get() | {conflict_id})
    try:
        yield
    finally:
        _being_resolved.reset(token)


def is_being_resolved(conflict_id: UUID) -> bool:
    """True inside a `being_resolved` block of this conflict."""
    return conflict_id in _being_resolved.get()


def fingerprints_of(conflicts: Collection[DetectedConflict]) -> frozenset[str]:
    """The distinct fingerprints of detected conflicts."""
    return frozenset(conflict.fingerprint for conflict in conflicts)
