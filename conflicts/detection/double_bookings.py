"""A guide on two departures at once, or with too little rest between them."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from conflicts.choices import Cause
from conflicts.detection.findings import DetectedConflict, Judgement
from conflicts.detection.scene import Case, Scene
from conflicts.detection.severity import severity_of
from scheduling.domain.document import Departure, TeamMember
from scheduling.rules import Commitment, Rule
from scheduling.rules.guides import clash_of

CAUSES = {Rule.OVERLAP: Cause.OVERLAP, Rule.REST: Cause.REST}


def overlaps(case: Case, member: TeamMember) -> Judgement:
    """On another departure at the same time, turnaround included, whatever its date or region."""
    return _clashing(case, member, Rule.OVERLAP)


def rests_too_little(case: Case, member: TeamMember) -> Judgement:
    """Less than the rest that lies between two days."""
    return _clashing(case, member, Rule.REST)


def commitments_of_other_dates(scene: Scene, departure_ids: frozenset[UUID]) -> list[Commitment]:
    """The clashing commitments whose departures another date's document has."""
    return [
        commitment
        for case in scene.cases(departure_ids)
        for member in case.departure.team
        for commitment in scene.commitments.get(member.guide_id, ())
        if commitment.day != scene.day and _rule_broken(case, commitment)
    ]


def _rule_broken(case: Case, commitment: Commitment) -> Rule | None:
    clash = clash_of(case.departure.span, case.scene.day, [commitment], ignoring=case.departure_id)
    return clash.rule if clash else None


@dataclass(frozen=True, slots=True)
class _Side:
    day: date
    departure_id: UUID
    departure: Departure

    @property
    def place_in_time(self) -> tuple[date, object, UUID]:
        return (self.day, self.departure.starts_at, self.departure_id)

    @property
    def times(self) -> list[str]:
        return [self.departure.starts_at.isoformat(), self.departure.ends_at.isoformat()]

    def __str__(self) -> str:
        departure = self.departure
        return f"{departure.trip_name} ({departure.starts_at:%d %b %H:%M} to {departure.ends_at:%H:%M})"


def _clashing(case: Case, member: TeamMember, rule: Rule) -> Judgement:
    held = case.scene.commitments.get(member.guide_id, ())
    others = [_other_side(case.scene, c) for c in held if _rule_broken(case, c) is rule]
    return Judgement(tuple(_pair(case, other, member, rule) for other in others if other))


def _other_side(scene: Scene, commitment: Commitment) -> _Side | None:
    """The departure behind a commitment; None where it is gone, or over."""
    key = commitment.departure_id
    day, departure = scene.elsewhere.get(key, (scene.day, scene.document.departures.get(key)))
    return _Side(day, key, departure) if departure and not scene.is_over(departure) else None


def _pair(case: Case, other: _Side, member: TeamMember, rule: Rule) -> DetectedConflict:
    """One conflict of the two departures, the same from either side; it belongs to the earlier date."""
    mine = _Side(case.scene.day, case.departure_id, case.departure)
    first, second = sorted((mine, other), key=lambda side: side.place_in_time)
    now = case.scene.now
    worse = max(severity_of(first.departure, now), severity_of(second.departure, now), key=lambda s: s.rank)
    what = "overlap" if rule is Rule.OVERLAP else "leave less than 8 h of rest"
    found = case.conflict(
        CAUSES[rule],
        f"{member.guide_name} is on {first} and {second}, which {what}.",
        severity=worse,
        counterpart=member.guide_id,
        guide_ids=[member.guide_id],
        spans=[
            f"{side.departure.starts_at.isoformat()}/{side.departure.ends_at.isoformat()}" for side in (first, second)
        ],
    )
    both = (first.departure_id, second.departure_id)
    return replace(
        found,
        day=first.day,
        region_id=first.departure.region_id,
        subjects=both,
        departure_ids=both,
        trip_ids=(first.departure.trip_id, second.departure.trip_id),
        guests=first.departure.participants + second.departure.participants,
    )
