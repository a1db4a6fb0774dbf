"""Troubles with the guides of a departure, each by itself."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from conflicts.choices import Cause, Severity
from conflicts.detection.findings import UNKNOWN, Judgement
from conflicts.detection.scene import Case
from conflicts.detection.severity import is_about_safety
from scheduling.domain.document import DepartureStatus, Role, TeamMember
from scheduling.domain.facts import Sibling
from scheduling.rules.guides import certifications_on, restriction_broken
from scheduling.rules.inputs import days_of

DEPENDS_ON_TRAIL = frozenset({"MAX_ALTITUDE_M", "MAX_DIFFICULTY"})


def each_member(judge: Callable[[Case, TeamMember], Judgement]) -> Callable[[Case], Judgement]:
    """A rule about one guide as a rule about a departure: it is judged when everybody is."""

    def of_team(case: Case) -> Judgement:
        verdicts = [judge(case, member) for member in case.departure.team]
        found = tuple(conflict for verdict in verdicts for conflict in verdict.found)
        return Judgement(found, all(verdict.is_complete for verdict in verdicts))

    return of_team


def lacks_certification(case: Case, member: TeamMember) -> Judgement:
    """A certificate missing, expired or revoked; judged of guides whose certificates were read."""
    snapshot, departure = case.scene.snapshot, case.departure
    trip, guide = snapshot.trips.get(departure.trip_id), snapshot.guides.get(member.guide_id)
    if trip is None or guide is None or guide.id not in snapshot.certificates:
        return UNKNOWN
    missing = sorted(trip.required_certifications - certifications_on(guide, days_of(departure)[-1], snapshot))
    if not missing:
        return Judgement()
    named = ", ".join(name.replace("_", " ").lower() for name in missing)
    why = f"{member.guide_name} has no valid certificate for {departure.trip_name}: {named}."
    return _about(case, member, Cause.CERTIFICATION, why, missing=missing)


def breaks_restriction(case: Case, member: TeamMember) -> Judgement:
    """A restriction that the guide entered; those about the ground need the trail's figures."""
    demand = case.demand
    entries = case.adjustments_of(member.guide_id).restrictions
    is_ground_known = case.departure.trail_id is None or demand.trail is not None
    judged = [entry for entry in entries if is_ground_known or not _depends_on_trail(entry)]
    broken = [(entry, why) for entry in judged if (why := restriction_broken(entry, demand))]
    if not broken:
        return Judgement(is_complete=len(judged) == len(entries))
    severity = Severity.CRITICAL if any(is_about_safety(entry) for entry, _ in broken) else None
    why = f"{member.guide_name} on {case.departure.trip_name}: {'; '.join(why for _, why in broken)}."
    about = _about(case, member, Cause.RESTRICTION, why, severity, restrictions=[entry for entry, _ in broken])
    return Judgement(about.found, len(judged) == len(entries))


def _depends_on_trail(restriction: Any) -> bool:
    return isinstance(restriction, dict) and restriction.get("kind") in DEPENDS_ON_TRAIL


def nobody_leads(case: Case) -> Judgement:
    """A team without exactly one lead; no team at all where people were told of one, or none was found."""
    departure = case.departure
    leads = sum(member.role is Role.LEAD for member in departure.team)
    if leads == 1 or not (departure.team or _needs_team(case)):
        return Judgement()
    reason = departure.unassigned_reason
    who = "has nobody to lead it" if leads == 0 else f"has {leads} leads"
    why = f"{departure.trip_name} {who}{': ' + reason.message if reason and not departure.team else ''}."
    guides = [member.guide_id for member in departure.team]
    found = case.conflict(Cause.NO_LEAD, why, guide_ids=guides, team=[str(g) for g in guides], leads=leads)
    return Judgement((found,))


def _needs_team(case: Case) -> bool:
    departure = case.departure
    is_told = departure.published is not None or departure.status is not DepartureStatus.DRAFT
    return departure.participants > 0 and (is_told or departure.unassigned_reason is not None)


def is_away(case: Case, member: TeamMember) -> Judgement:
    """Inside an availability exception that the guide entered."""
    entered = case.adjustments_of(member.guide_id).availability_exceptions
    windows = [window for window in entered if window.touches(case.departure.span)]
    if not windows:
        return Judgement()
    reason = "; ".join(dict.fromkeys(window.reason or "availability exception" for window in windows))
    why = f"{member.guide_name} is away during {case.departure.trip_name}: {reason}."
    told = [window.model_dump(mode="json", by_alias=True) for window in windows]
    return _about(case, member, Cause.AVAILABILITY_EXCEPTION, why, windows=told)


def is_unavailable(case: Case, member: TeamMember) -> Judgement:
    """Not ACTIVE, or not among those whom svc-guide-management lists for the days."""
    snapshot, days = case.scene.snapshot, days_of(case.departure)
    guide = snapshot.guides.get(member.guide_id)
    read = [day for day in days if day in snapshot.available]
    absent = [day for day in read if member.guide_id not in snapshot.available[day]]
    if guide is not None and not guide.is_active:
        reason = guide.status.lower().replace("_", " ")
    elif absent:
        reason = f"not available on {absent[0]}"
    else:
        return Judgement(is_complete=len(read) == len(days))
    why = f"{member.guide_name} cannot go on {case.departure.trip_name}: {reason}."
    return _about(case, member, Cause.NOT_AVAILABLE, why, reason=reason)


def is_held(case: Case, member: TeamMember) -> Judgement:
    """Held by an emergency on another departure, for as long as it lasts; as severe as the emergency."""
    found = tuple(
        case.conflict(
            Cause.HELD_BY_EMERGENCY,
            f"{member.guide_name} is held and expected on {case.departure.trip_name}: {danger.description}.",
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
    return Judgement(found)


def _about(
    case: Case, member: TeamMember, cause: Cause, why: str, severity: Severity | None = None, **told: Any
) -> Judgement:
    guide: UUID = member.guide_id
    found = case.conflict(
        cause,
        why,
        severity=severity,
        counterpart=guide,
        guide_ids=[guide],
        source=Sibling.GUIDE_MANAGEMENT,
        **told,
    )
    return Judgement((found,))
