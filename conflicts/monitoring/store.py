"""Storing what detection found: the same facts are one conflict, and what is gone is cleared."""

import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from conflicts.detection import DetectedConflict
from conflicts.models import RiskAcceptance
from conflicts.options import accept_risk
from scheduling.models import schedule_id_of

# The older row keeps its id, its options and the time it was first seen.
_UPSERT = """
    INSERT INTO schedule_conflicts (conflict_id, schedule_id, conflict_type, details, resolved, detected_at)
    SELECT found.conflict_id, found.schedule_id, found.conflict_type, found.details, false, %(now)s
    FROM jsonb_to_recordset(%(found)s::jsonb)
        AS found (conflict_id uuid, schedule_id uuid, conflict_type text, details jsonb)
    ORDER BY found.details ->> 'fingerprint'
    ON CONFLICT ((details ->> 'fingerprint')) WHERE NOT resolved
    DO UPDATE SET details = schedule_conflicts.details || (EXCLUDED.details - 'resolution_options')
    RETURNING conflict_id, details ->> 'fingerprint'
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was found, the open conflicts by fingerprint, and which of them are new."""

    by_fingerprint: Mapping[str, UUID] = field(default_factory=dict)
    new: tuple[UUID, ...] = ()
    found: tuple[DetectedConflict, ...] = ()


def store_conflicts(found: Iterable[DetectedConflict], *, now: datetime) -> Stored:
    """Store what was found, an open conflict with its fingerprint is updated, never doubled.

    What somebody accepted is left out, until it is worse or other than what was accepted. Two writers that
    find the same at once end with one row: the second waits for the first and updates it.
    """
    wanted = _not_accepted({conflict.fingerprint: conflict for conflict in found}, now)
    if not wanted:
        return Stored()
    rows = [_row(conflict) for conflict in wanted.values()]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, {"found": json.dumps(rows), "now": now})
        stored = {fingerprint: conflict_id for conflict_id, fingerprint in cursor.fetchall()}
    offered = {row["conflict_id"] for row in rows}
    new = tuple(each for each in stored.values() if str(each) in offered)
    return Stored(stored, new, tuple(wanted.values()))


def _not_accepted(found: dict[str, DetectedConflict], now: datetime) -> dict[str, DetectedConflict]:
    accepted = RiskAcceptance.objects.in_force(now).filter(fingerprint__in=found)
    silenced = {
        acceptance.fingerprint
        for acceptance in accepted
        if acceptance.silences(found[acceptance.fingerprint].severity, found[acceptance.fingerprint].evidence_digest)
    }
    return {key: conflict for key, conflict in found.items() if key not in silenced}


def _row(conflict: DetectedConflict) -> dict[str, Any]:
    conflict_id, details = uuid4(), conflict.details()
    details["resolution_options"] = [accept_risk(conflict_id, details).stored()]
    return {
        "conflict_id": str(conflict_id),
        "schedule_id": str(schedule_id_of(conflict.day)),
        "conflict_type": conflict.type.value,
        "details": details,
    }


_in_somebodys_hands: ContextVar[frozenset[UUID]] = ContextVar("conflicts being resolved", default=frozenset())


@contextmanager
def being_resolved(conflict_id: UUID) -> Any:
    """Leave this conflict to the person who resolves it: what they change is about to make it vanish."""
    token = _in_somebodys_hands.set(_in_somebodys_hands.get() | {conflict_id})
    try:
        yield
    finally:
        _in_somebodys_hands.reset(token)


def is_in_somebodys_hands(conflict_id: UUID) -> bool:
    return conflict_id in _in_somebodys_hands.get()


def fingerprints_of(found: Collection[DetectedConflict]) -> frozenset[str]:
    return frozenset(conflict.fingerprint for conflict in found)
