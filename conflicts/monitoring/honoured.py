"""Accepted risks as the rest of the service sees them: on departures, and against broken rules when publishing."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.utils import timezone

from conflicts.detection import Cause, DetectedConflict
from conflicts.models import RiskAcceptance, ScheduleConflict
from conflicts.monitoring.accepted import judge_acceptances
from conflicts.monitoring.scene_loader import DetectionScope, detect_all
from scheduling.domain.accepted_risks import AcceptedRisk
from scheduling.domain.document import ScheduleDocument
from scheduling.domain.limits import LONGEST_TRIP
from scheduling.rules import Facts, Rule, Violation

RULES = {
    Cause.AVAILABILITY_EXCEPTION: {Rule.AVAILABILITY_EXCEPTION},
    Cause.NOT_AVAILABLE: {Rule.NOT_AVAILABLE, Rule.NOT_ACTIVE},
    Cause.HELD_BY_EMERGENCY: {Rule.HELD_BY_EMERGENCY},
    Cause.TRAIL: {Rule.TRAIL_CLOSED},
    Cause.TRAIL_HAZARD: {Rule.TRAIL_CLOSED},
    Cause.WEATHER_WARNING: {Rule.WEATHER},
    Cause.STORM_FORECAST: {Rule.WEATHER},
    Cause.WEATHER_EMERGENCY: {Rule.WEATHER},
    Cause.TRAIL_GROUP_SIZE: {Rule.TRAIL_GROUP_SIZE},
    Cause.TEAM_GROUP_SIZE: {Rule.GROUP_SIZE},
    Cause.LOCATION_CAPACITY: {Rule.LOCATION_CAPACITY},
}
"""The hard rules that the causes of acceptable conflicts break."""


def accepted_risks_on(day: date, last: date | None = None) -> list[AcceptedRisk]:
    """Return the accepted risks in force of a date, those of departures that began on an earlier one included.

    With `last` those of all dates up to it.
    """
    conflicts = ScheduleConflict.objects.between(day - LONGEST_TRIP, last or day).filter(resolved=True)
    in_force = RiskAcceptance.objects.in_force(timezone.now()).filter(conflict__in=conflicts)
    return [_risk(acceptance) for acceptance in in_force.select_related("conflict").order_by("accepted_at", "pk")]


def honoured_violations(
    day: date, document: ScheduleDocument, facts: Facts, violations: Collection[Violation]
) -> dict[Violation, AcceptedRisk]:
    """Return the violations that are nothing but accepted risks, by these facts and not by those of the acceptance.

    One that has several causes needs an acceptance of each.
    """
    if not violations or not accepted_risks_on(day):
        return {}
    now, keys = timezone.now(), frozenset(violation.departure_id for violation in violations)
    detected = detect_all({day: DetectionScope(document, keys)}, facts, now=now).conflicts
    silenced = judge_acceptances({conflict.fingerprint: conflict for conflict in detected}, now).silenced
    honoured = {}
    for violation in violations:
        causes = [conflict.fingerprint for conflict in detected if _is_the_cause(conflict, violation)]
        if causes and silenced.keys() >= set(causes):
            honoured[violation] = _risk(silenced[causes[0]])
    return honoured


def _is_the_cause(conflict: DetectedConflict, violation: Violation) -> bool:
    is_of_rule = violation.rule in RULES.get(conflict.cause, ())
    is_of_guide = violation.guide_id is None or violation.guide_id in conflict.guide_ids
    return is_of_rule and is_of_guide and violation.departure_id in conflict.departure_ids


def _risk(acceptance: RiskAcceptance) -> AcceptedRisk:
    details: Mapping[str, object] = acceptance.conflict.details
    return AcceptedRisk(
        departure_ids=frozenset(map(UUID, acceptance.conflict.details["departure_ids"])),
        description=str(details["description"]),
        owner=acceptance.owner,
        reason=acceptance.reason,
        expires_at=acceptance.expires_at,
    )
