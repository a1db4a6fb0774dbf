"""Checks of each guide of a team: eligibility, availability, holds and certifications."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from optimization.verification.evidence import Breach, CheckedDeparture
from scheduling.domain.document import AvailabilityException
from scheduling.domain.facts import Certificate, Guide, Snapshot
from scheduling.domain.normalization import normalise_activity, normalise_certification

# Each of these certifications includes those before it.
MEDICAL_LADDER = ("WILDERNESS_FIRST_AID", "WILDERNESS_FIRST_RESPONDER", "WILDERNESS_EMT", "PARAMEDIC")

GuideCheck = Callable[[CheckedDeparture, Guide], Iterator[str]]
TeamCheck = Callable[[CheckedDeparture], Iterator[Breach]]


def for_each_guide(check: GuideCheck) -> TeamCheck:
    """Return the check of a whole team by the check of one guide."""

    def check_team(checked: CheckedDeparture) -> Iterator[Breach]:
        for guide in checked.guides:
            for reason in check(checked, guide):
                yield Breach(f"{guide.name} {reason}", guide.id, about=reason)

    return check_team


def check_region(checked: CheckedDeparture, guide: Guide) -> Iterator[str]:
    region = checked.region
    spellings = {str(region.id), re.sub(r"(?:\W|_)+", "_", region.name.casefold()).strip("_")} if region else set()
    if spellings.isdisjoint(guide.region_ids):
        yield f"does not work in {region.name if region else 'the region, which is unknown'}"


def check_activity(checked: CheckedDeparture, guide: Guide) -> Iterator[str]:
    required = normalise_activity(checked.departure.activity_type)
    if required not in {normalise_activity(activity) for activity in guide.activities}:
        yield f"does not lead {required}"


def check_active(_: CheckedDeparture, guide: Guide) -> Iterator[str]:
    if guide.status != "ACTIVE" or not guide.is_active:
        yield f"is {guide.status}"


def check_available(checked: CheckedDeparture) -> Iterator[Breach]:
    """Check every member, also those who are not in the snapshot."""
    for member in checked.departure.team:
        for day in checked.days:
            if member.guide_id not in checked.evidence.snapshot.available.get(day, ()):
                yield Breach(f"{member.guide_name} is not available on {day}", member.guide_id, about=str(day))


def check_availability_exception(checked: CheckedDeparture, guide: Guide) -> Iterator[str]:
    zone = checked.region.timezone if checked.region else checked.departure.starts_at.tzinfo
    for entry in checked.entered_by(guide.id):
        for window in entry.availability_exceptions:
            if checked.meets(*_instants(window, zone)):
                yield f"is away from {window.from_} to {window.to}"


def _instants(window: AvailabilityException, zone: tzinfo | None) -> tuple[datetime, datetime]:
    return _instant(window.from_, zone), _instant(window.to, zone, days_on=1)


def _instant(limit: datetime | date, zone: tzinfo | None, *, days_on: int = 0) -> datetime:
    """Return a moment unchanged, and for a date its midnight `days_on` days later."""
    if isinstance(limit, datetime):
        return limit
    return datetime.combine(limit + timedelta(days=days_on), time(), zone)


def check_held(checked: CheckedDeparture, guide: Guide) -> Iterator[str]:
    for hold in checked.evidence.holds:
        if guide.id in hold.held_guides and checked.meets(hold.starts_at, hold.ends_at):
            yield f"is held: {hold.description}"


def check_certified(checked: CheckedDeparture, guide: Guide) -> Iterator[str]:
    if checked.trip is None:
        yield "may lack a certification: the trip's requirements are unknown"
        return
    names = set(_certifications(checked.evidence.snapshot, guide, checked.days))
    for required in sorted(checked.trip.required_certifications):
        if names.isdisjoint(_sufficient_for(normalise_certification(required))):
            yield f"lacks {required}"


def _certifications(snapshot: Snapshot, guide: Guide, days: Sequence[date]) -> Iterator[str]:
    certificates: tuple[Certificate, ...] | None = snapshot.certificates.get(guide.id)
    if certificates is None:
        yield from map(normalise_certification, guide.certifications)
        return
    for certificate in certificates:
        too_early = certificate.issued_on is not None and days[0] < certificate.issued_on
        too_late = certificate.expires_on is not None and days[-1] > certificate.expires_on
        if certificate.is_valid and not too_early and not too_late:
            yield normalise_certification(certificate.name)


def _sufficient_for(required: str) -> set[str]:
    if required not in MEDICAL_LADDER:
        return {required}
    return set(MEDICAL_LADDER[MEDICAL_LADDER.index(required) :])


def names_of(checked: CheckedDeparture) -> dict[UUID, str]:
    """Return the names of the team by guide."""
    return {member.guide_id: member.guide_name for member in checked.departure.team}
