"""Conflicts of single guides with a departure that they are on."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from conflicts.detection.causes import Cause
from conflicts.detection.findings import CLEAR, UNKNOWN, Judgement
from conflicts.detection.scene import Case
from conflicts.detection.severity import Severity, is_about_safety
from scheduling.domain.document import AssignmentStatus, Departure, DepartureStatus, Role, TeamMember
from scheduling.domain.facts import RecordKind, Sibling
from scheduling.domain.words import in_words, sentence, values_in_words
from scheduling.rules.guides import certifications_on
from scheduling.rules.restrictions import restriction_violation

DEPENDS_ON_TRAIL = frozenset({"MAX_ALTITUDE_M", "MAX_DIFFICULTY"})


def for_each_member(judge: Callable[[Case, TeamMember], Judgement]) -> Callable[[Case], Judgement]:
    """Make a rule about one guide a rule about a departure: complete when it is for every team member."""

    def judge_team(case: Case) -> Judgement:
        judgements = [judge(case, member) for member in case.departure.team]
        if all(judgement is CLEAR for judgement in judgements):
            return CLEAR
        conflicts = tuple(conflict for judgement in judgements for conflict in judgement.conflicts)
        return Judgement(conflicts, all(judgement.is_complete for judgement in judgements))

    return judge_team


def judge_certification(case: Case, member: TeamMember) -> Judgement:
    """Find certificates missing, expired or revoked, of guides whose certificates were read."""
    snapshot, departure = case.scene.snapshot, case.departure
    trip, guide = snapshot.trips.get(departure.trip_id), snapshot.guides.get(member.guide_id)
    if trip is None or guide is None or guide.id not in snapshot.certificates:
        return UNKNOWN
    missing = sorted(trip.required_certifications - certifications_on(guide, case.days, snapshot))
    if not missing:
        return CLEAR
    description = f"{member.guide_name} has no valid certificate for {case.name}: {values_in_words(missing)}."
    return _about(case, member, Cause.CERTIFICATION, description, missing=missing)


def judge_restrictions(case: Case, member: TeamMember) -> Judgement:
    """Find restrictions of the guide that the departure breaks; those about the terrain need the trail's data."""
    entries = case.adjustments_of(member.guide_id).restrictions
    if not entries:
        return CLEAR
    demand = case.demand
    is_terrain_known = case.departure.trail_id is None or demand.trail is not None
    judged = [entry for entry in entries if is_terrain_known or not _depends_on_trail(entry)]
    broken = [(entry, rule) for entry in judged if (rule := restriction_violation(entry, demand))]
    if not broken:
        return Judgement(is_complete=len(judged) == len(entries))
    severity = Severity.CRITICAL if any(is_about_safety(entry) for entry, _ in broken) else None
    kinds = sorted({rule.message for _, rule in broken})
    description = f"{member.guide_name} cannot go on {case.name} ({'; '.join(kinds)})."
    stored = {"restrictions": kinds}
    restrictions = [entry for entry, _ in broken]
    judgement = _about(case, member, Cause.RESTRICTION, description, severity, stored, restrictions=restrictions)
    return Judgement(judgement.conflicts, len(judged) == len(entries))


def _depends_on_trail(restriction: Any) -> bool:
    return isinstance(restriction, dict) and restriction.get("kind") in DEPENDS_ON_TRAIL


def judge_lead(case: Case) -> Judgement:
    """Find a team without exactly one lead, or no team where one was announced or could not be found.

    A departure without a trail has no team for that reason: a conflict of trails, which no guide would end.
    """
    departure = case.departure
    leads = sum(member.role is Role.LEAD for member in departure.team)
    if leads == 1 or departure.lacks_trail or not (departure.team or _needs_team(case)):
        return CLEAR
    reason = departure.unassigned_reason
    because = f" {sentence(reason.message)}" if reason and not departure.team else ""
    description = f"{case.name} {_lack(departure, leads)}.{because}"
    guides = [member.guide_id for member in departure.team]
    conflict = case.conflict(Cause.NO_LEAD, description, guide_ids=guides, team=[str(g) for g in guides], leads=leads)
    return Judgement((conflict,))


def _lack(departure: Departure, leads: int) -> str:
    if not departure.team:
        return "has no guide"
    return "has no lead guide" if leads == 0 else f"has {leads} leads"


def _needs_team(case: Case) -> bool:
    departure = case.departure
    is_announced = departure.published is not None or departure.status is not DepartureStatus.DRAFT
    return departure.participants > 0 and (is_announced or departure.unassigned_reason is not None)


def judge_absence(case: Case, member: TeamMember) -> Judgement:
    """Find availability exceptions of the guide during the departure. Why the guide is away is repeated nowhere."""
    exceptions = case.adjustments_of(member.guide_id).availability_exceptions
    windows = [window for window in exceptions if window.touches(case.departure.span)]
    if not windows:
        return CLEAR
    description = f"{member.guide_name} is away during {case.name}."
    evidence = [window.model_dump(mode="json", by_alias=True) for window in windows]
    stored = {"windows": [{name: window[name] for name in ("from", "to")} for window in evidence]}
    return _about(case, member, Cause.AVAILABILITY_EXCEPTION, description, stored=stored, windows=evidence)


def judge_availability(case: Case, member: TeamMember) -> Judgement:
    """Find a guide who is not ACTIVE, or whom svc-guide-management does not list as available on a date to come."""
    snapshot, days = case.scene.snapshot, case.days_to_come
    guide = snapshot.guides.get(member.guide_id)
    read = [day for day in days if day in snapshot.available]
    absent = [day for day in read if member.guide_id not in snapshot.available[day]]
    if guide is not None and not guide.is_active:
        reason = in_words(guide.status)
    elif guide is None and snapshot.lacks(RecordKind.GUIDE, member.guide_id):
        return UNKNOWN
    elif absent:
        reason = f"not available on {absent[0]}"
    else:
        return CLEAR if len(read) == len(days) else UNKNOWN
    description = f"{member.guide_name} cannot go on {case.name}: {reason}."
    return _about(case, member, Cause.NOT_AVAILABLE, description, reason=reason)


def judge_hold(case: Case, member: TeamMember) -> Judgement:
    """Find emergencies on other departures that hold the guide at the time, as severe as the emergencies are."""
    if not case.scene.dangers:
        return CLEAR
    conflicts = tuple(
        case.conflict(
            Cause.HELD_BY_EMERGENCY,
            f"{member.guide_name} is held and expected on {case.name}: {danger.description}.",
            severity=danger.severity,
            counterpart=f"{member.guide_id} {danger.id}",
            guide_ids=[member.guide_id],
            hazard_id=str(danger.id),
        )
        for danger in case.scene.dangers
        if member.guide_id in danger.guide_ids
        and danger.departure_id != case.departure_id
        and danger.span.overlaps(case.departure.span)
    )
    return Judgement(conflicts)


def judge_notes(case: Case, member: TeamMember) -> Judgement:
    """Find notes since the team was confirmed, which whoever publishes it again approves. They are not repeated."""
    if not member.open_notes or member.assignment_status is not AssignmentStatus.PENDING_APPROVAL:
        return CLEAR
    description = (
        f"{member.guide_name} left a note since {case.name} was published: a person has to read it, and "
        "approves it by publishing the departure again."
    )
    return _about(case, member, Cause.GUIDE_NOTE, description, Severity.LOW, notes=member.open_notes)


def _about(
    case: Case,
    member: TeamMember,
    cause: Cause,
    description: str,
    severity: Severity | None = None,
    stored: Mapping[str, Any] | None = None,
    **evidence: Any,
) -> Judgement:
    guide: UUID = member.guide_id
    conflict = case.conflict(
        cause,
        description,
        severity=severity,
        counterpart=guide,
        guide_ids=[guide],
        source=Sibling.GUIDE_MANAGEMENT,
        stored_evidence=stored,
        **evidence,
    )
    return Judgement((conflict,))
