"""Guides on two departures at once, or with too little rest between them."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from conflicts.detection.causes import Cause
from conflicts.detection.findings import CLEAR, DetectedConflict, Judgement
from conflicts.detection.scene import Case, Scene
from conflicts.detection.severity import severity_of
from scheduling.domain.document import Departure, TeamMember
from scheduling.rules import Commitment, Rule
from scheduling.rules.guides import clash_of

CAUSES = {Rule.OVERLAP: Cause.OVERLAP, Rule.REST: Cause.REST}


def judge_overlap(case: Case, member: TeamMember) -> Judgement:
    """Find other departures of the guide at the same time, turnaround included, of any date and region."""
    return _clashing(case, member, Rule.OVERLAP)


def judge_rest(case: Case, member: TeamMember) -> Judgement:
    """Find departures of adjacent dates with less than the minimum rest between them."""
    return _clashing(case, member, Rule.REST)


def commitments_of_other_dates(scene: Scene, departure_ids: frozenset[UUID]) -> list[Commitment]:
    """The commitments that clash with the given departures and belong to documents of other dates."""
    elsewhere = {
        guide_id: others
        for guide_id, commitments in scene.commitments.items()
        if (others := [commitment for commitment in commitments if commitment.day != scene.day])
    }
    if not elsewhere:
        return []
    return [
        commitment
        for case in scene.cases(departure_ids)
        for member in case.departure.team
        for commitment in elsewhere.get(member.guide_id, ())
        if _rule_broken(case, commitment)
    ]


def _is_own(commitment: Commitment, case: Case) -> bool:
    return commitment.departure_id == case.departure_id and commitment.day == case.scene.day


def _rule_broken(case: Case, commitment: Commitment) -> Rule | None:
    clash = clash_of(case.span, case.scene.day, [commitment], ignoring=case.departure_id)
    return clash.rule if clash else None


@dataclass(frozen=True, slots=True)
class _Side:
    """One of two clashing departures."""

    day: date
    departure_id: UUID
    departure: Departure

    @property
    def order(self) -> tuple[date, object, UUID]:
        return (self.day, self.departure.starts_at, self.departure_id)

    @property
    def span(self) -> str:
        """The time of the departure as an ISO 8601 interval."""
        return f"{self.departure.starts_at.isoformat()}/{self.departure.ends_at.isoformat()}"

    def __str__(self) -> str:
        departure = self.departure
        return f"{departure.trip_name} ({departure.starts_at:%d %b %H:%M} to {departure.ends_at:%H:%M})"


def _clashing(case: Case, member: TeamMember, rule: Rule) -> Judgement:
    commitments = case.scene.commitments.get(member.guide_id, ())
    if not commitments or (len(commitments) == 1 and _is_own(commitments[0], case)):
        return CLEAR
    others = [_other_side(case.scene, c) for c in commitments if _rule_broken(case, c) is rule]
    if not others:
        return CLEAR
    return Judgement(tuple(_pair(case, other, member, rule) for other in others if other))


def _other_side(scene: Scene, commitment: Commitment) -> _Side | None:
    """The departure behind a commitment; None where it was removed or is over."""
    key = commitment.departure_id
    day, departure = scene.elsewhere.get(key, (scene.day, scene.document.departures.get(key)))
    return _Side(day, key, departure) if departure and not scene.is_over(departure) else None


def _pair(case: Case, other: _Side, member: TeamMember, rule: Rule) -> DetectedConflict:
    """The conflict of two departures, identical from either side; it belongs to the earlier date."""
    own = _Side(case.scene.day, case.departure_id, case.departure)
    first, second = sorted((own, other), key=lambda side: side.order)
    now = case.scene.now
    severity = max(severity_of(first.departure, now), severity_of(second.departure, now), key=lambda s: s.rank)
    clash = "overlap" if rule is Rule.OVERLAP else "leave less than 8 h of rest"
    conflict = case.conflict(
        CAUSES[rule],
        f"{member.guide_name} is on {first} and {second}, which {clash}.",
        severity=severity,
        counterpart=member.guide_id,
        guide_ids=[member.guide_id],
        spans=[first.span, second.span],
    )
    both = (first.departure_id, second.departure_id)
    return replace(
        conflict,
        day=first.day,
        region_id=first.departure.region_id,
        subjects=both,
        departure_ids=both,
        plans={side.departure_id: side.departure for side in (first, second)},
        trip_ids=(first.departure.trip_id, second.departure.trip_id),
        guests=first.departure.participants + second.departure.participants,
    )
