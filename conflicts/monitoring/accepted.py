"""Accepted risks against what is detected: which of them still hold, and which were outgrown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from conflicts.detection import Cause, DetectedConflict
from conflicts.detection.worsening import is_covered
from conflicts.models import RiskAcceptance
from novatrek_scheduling.pgpool.prepared import prepared_cursor
from novatrek_scheduling.pgpool.rows import columns_named, table_of

_ACCEPTED = f"""
    SELECT DISTINCT {columns_named(RiskAcceptance, "fingerprint")} FROM {table_of(RiskAcceptance)}
    WHERE fingerprint = ANY(%s::text[])
"""  # noqa: S608 (of constants alone)


@dataclass(frozen=True, slots=True)
class Acceptances:
    """Of detected conflicts: the acceptances that silence them, by fingerprint, and the ids of those that do not."""

    silenced: Mapping[str, RiskAcceptance] = field(default_factory=dict)
    outgrown: tuple[int, ...] = ()


def judge_acceptances(detected: Mapping[str, DetectedConflict], now: datetime) -> Acceptances:
    """Compare detected conflicts, by fingerprint, with the risks that people have accepted until later than `now`."""
    silenced, outgrown = {}, []
    accepted = _accepted_at_some_time(detected.keys())
    if not accepted:
        return Acceptances()
    in_force = RiskAcceptance.objects.in_force(now).filter(fingerprint__in=accepted)
    for acceptance in in_force.select_related("conflict").order_by("accepted_at"):
        if _silences(acceptance, detected[acceptance.fingerprint]):
            silenced[acceptance.fingerprint] = acceptance
        else:
            outgrown.append(acceptance.pk)
    return Acceptances(silenced, tuple(outgrown))


def _accepted_at_some_time(fingerprints: Collection[str]) -> list[str]:
    """Return those of these conflicts that somebody ever accepted: mostly none, of which nothing more is asked."""
    if not fingerprints:
        return []
    with prepared_cursor() as cursor:
        cursor.execute(_ACCEPTED, [list(fingerprints)])
        return [fingerprint for (fingerprint,) in cursor.fetchall()]


def _silences(acceptance: RiskAcceptance, conflict: DetectedConflict) -> bool:
    if not conflict.cause.may_be_accepted:
        return False
    is_same = conflict.evidence_digest == acceptance.evidence_digest
    accepted = acceptance.conflict.details["evidence"]["told"]
    covered = is_same or is_covered(conflict.cause, conflict.evidence, accepted)
    if conflict.cause is Cause.GUESTS_WITHOUT_PLACE:
        # They were told: that the date is near is no news to them.
        return covered
    return acceptance.silences(conflict.severity, is_covered=covered)
