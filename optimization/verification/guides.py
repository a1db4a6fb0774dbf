"""Whether each guide of a team may lead the departure at all."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from optimization.verification.evidence import Broken, Judged
from scheduling.domain.document import AvailabilityException
from scheduling.domain.facts import Certificate, Guide, Snapshot
from scheduling.domain.normalization import normalise_activity, normalise_certification

# Whoever has learned one of these has learned those before it.
MEDICAL_LADDER = ("WILDERNESS_FIRST_AID", "WILDERNESS_FIRST_RESPONDER", "WILDERNESS_EMT", "PARAMEDIC")

OfOne = Callable[[Judged, Guide], Iterator[str]]
OfTeam = Callable[[Judged], Iterator[Broken]]


def each(check: OfOne) -> OfTeam:
    """The check of one guide as a check of everybody on the team."""

    def of_team(judged: Judged) -> Iterator[Broken]:
        for guide in judged.guides:
            for why in check(judged, guide):
                yield Broken(f"{guide.name} {why}", guide.id, about=why)

    return of_team


def region(judged: Judged, guide: Guide) -> Iterator[str]:
    where = judged.region
    spellings = {str(where.id), re.sub(r"(?:\W|_)+", "_", where.name.casefold()).strip("_")} if where else set()
    if spellings.isdisjoint(guide.region_ids):
        yield f"does not work in {where.name if where else 'a region that nobody knows'}"


def activity(judged: Judged, guide: Guide) -> Iterator[str]:
    led = normalise_activity(judged.departure.activity_type)
    if led not in {normalise_activity(activity) for activity in guide.activities}:
        yield f"does not lead {led}"


def active(_: Judged, guide: Guide) -> Iterator[str]:
    if guide.status != "ACTIVE" or not guide.is_active:
        yield f"is {guide.status}"


def available(judged: Judged) -> Iterator[Broken]:
    """Also of guides whom nobody knows."""
    for member in judged.departure.team:
        for day in judged.days:
            if member.guide_id not in judged.evidence.snapshot.available.get(day, ()):
                yield Broken(f"{member.guide_name} is not available on {day}", member.guide_id, about=str(day))


def availability_exception(judged: Judged, guide: Guide) -> Iterator[str]:
    zone = judged.region.timezone if judged.region else judged.departure.starts_at.tzinfo
    for entered in judged.entered_by(guide.id):
        for window in entered.availability_exceptions:
            if judged.meets(*_instants(window, zone)):
                yield f"is away from {window.from_} to {window.to}"


def _instants(window: AvailabilityException, zone: tzinfo | None) -> tuple[datetime, datetime]:
    return _instant(window.from_, zone), _instant(window.to, zone, days_on=1)


def _instant(told: datetime | date, zone: tzinfo | None, *, days_on: int = 0) -> datetime:
    """A moment as it is, or the midnight at which a whole day begins or, a day on, ends."""
    if isinstance(told, datetime):
        return told
    return datetime.combine(told + timedelta(days=days_on), time(), zone)


def held(judged: Judged, guide: Guide) -> Iterator[str]:
    for hold in judged.evidence.holds:
        if guide.id in hold.held_guides and judged.meets(hold.starts_at, hold.ends_at):
            yield f"is held: {hold.description}"


def certified(judged: Judged, guide: Guide) -> Iterator[str]:
    if judged.trip is None:
        yield "may lack a certification: what the trip requires is not known"
        return
    names = set(_certifications(judged.evidence.snapshot, guide, judged.days[-1]))
    for required in sorted(judged.trip.required_certifications):
        if names.isdisjoint(_sufficient_for(normalise_certification(required))):
            yield f"lacks {required}"


def _certifications(snapshot: Snapshot, guide: Guide, day: date) -> Iterator[str]:
    told: tuple[Certificate, ...] | None = snapshot.certificates.get(guide.id)
    if told is None:
        yield from map(normalise_certification, guide.certifications)
        return
    for certificate in told:
        if certificate.is_valid and (certificate.expires_on is None or day <= certificate.expires_on):
            yield normalise_certification(certificate.name)


def _sufficient_for(required: str) -> set[str]:
    if required not in MEDICAL_LADDER:
        return {required}
    return set(MEDICAL_LADDER[MEDICAL_LADDER.index(required) :])


def names_of(judged: Judged) -> dict[UUID, str]:
    return {member.guide_id: member.guide_name for member in judged.departure.team}
