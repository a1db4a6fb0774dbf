from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from conflicts.detection import ConflictType, Danger, Severity
from scheduling.domain.document import (
    Announcement,
    AvailabilityException,
    Departure,
    DepartureStatus,
    GuideAdjustments,
    UnassignedReason,
)
from scheduling.domain.facts import Certificate, Span
from scheduling.rules import Commitment
from tests.conflicts.detection.scenes import causes, detect_among
from tests.factories import TOMORROW, DepartureFactory, GuideFactory, TrailFactory, TripFactory, at, facts_of, lead

FIRST_AID = "WILDERNESS_FIRST_AID"


def with_certificates(*certificates: Certificate) -> list[str]:
    guide, trip = GuideFactory(), TripFactory()
    facts = facts_of(guides=[guide], trips=[trip])
    read = {guide.id: certificates}
    facts = facts.with_snapshot(replace(facts.snapshot, certificates=read))
    return causes(detect_among(DepartureFactory(trip_id=trip.id, team=[lead(guide)]), facts=facts).conflicts)


@pytest.mark.parametrize(
    "certificates",
    [
        [],
        [Certificate(FIRST_AID, True, TOMORROW - timedelta(days=1))],
        [Certificate(FIRST_AID, False, None)],
        [Certificate(FIRST_AID, True, None, issued_on=TOMORROW + timedelta(days=1))],
    ],
    ids=["missing", "expired", "revoked", "not issued yet"],
)
def test_a_certificate_missing_expired_revoked_or_not_issued_yet(certificates: list[Certificate]) -> None:
    assert with_certificates(*certificates) == ["CERTIFICATION"]


def test_certificates_that_were_not_read_neither_raise_nor_clear() -> None:
    guide, trip = GuideFactory(certifications=frozenset()), TripFactory()
    facts = facts_of(guides=[guide], trips=[trip])
    facts = facts.with_snapshot(replace(facts.snapshot, certificates={}))

    detection = detect_among(DepartureFactory(trip_id=trip.id, team=[lead(guide)]), facts=facts)

    assert not detection.conflicts
    assert not any(cause == "CERTIFICATION" for cause, _ in detection.judged)


def test_a_broken_restriction_of_height_is_critical() -> None:
    guide, trail = GuideFactory(), TrailFactory(elevation_gain_m=900.0)
    low = GuideAdjustments(restrictions=[{"kind": "MAX_ALTITUDE_M", "value": 300}])
    departure = DepartureFactory(trail_id=trail.id, team=[lead(guide)])

    [conflict] = detect_among(
        departure, facts=facts_of(guides=[guide], trails=[trail]), adjustments={guide.id: low}
    ).conflicts

    assert (conflict.cause.value, conflict.severity) == ("RESTRICTION", Severity.CRITICAL)


def test_a_restriction_of_height_waits_for_the_trails_figures() -> None:
    guide = GuideFactory()
    low = GuideAdjustments(restrictions=[{"kind": "MAX_ALTITUDE_M", "value": 300}])

    detection = detect_among(DepartureFactory(trail_id=uuid4(), team=[lead(guide)]), adjustments={guide.id: low})

    assert not detection.conflicts
    assert "RESTRICTION" not in {cause for cause, _ in detection.judged}


def test_no_lead_could_be_found() -> None:
    reason = UnassignedReason(code="NO_TEAM", message="nine of nine guides here lack swift-water rescue")

    [conflict] = detect_among(DepartureFactory(unassigned_reason=reason)).conflicts

    assert conflict.cause.value == "NO_LEAD"
    assert conflict.description.endswith(" has no guide. Nine of nine guides here lack swift-water rescue.")


def test_where_no_trail_fits_the_lack_of_a_lead_is_a_conflict_of_trails() -> None:
    trails = [uuid4(), uuid4()]
    reason = UnassignedReason(code="NO_TRAIL", message="no trail fits: Rim Trail is closed", trail_ids=trails)

    [conflict] = detect_among(DepartureFactory(unassigned_reason=reason, trip_name="Rim walk")).conflicts

    assert (conflict.type, conflict.cause.value) == (ConflictType.TRAIL_CLOSED, "NO_TRAIL")
    assert (conflict.trail_ids, conflict.guide_ids) == (tuple(trails), ())
    assert conflict.description == "Rim walk at 09:00: no trail fits: Rim Trail is closed."


def test_overlap_with_another_departure_turnaround_included() -> None:
    guide = GuideFactory()
    morning = DepartureFactory(team=[lead(guide)], participants=5)
    noon = DepartureFactory(team=[lead(guide)], starts_at=at(12, 20), ends_at=at(15))

    [conflict] = detect_among(morning, noon).conflicts

    assert conflict.cause.value == "OVERLAP"
    assert len(conflict.departure_ids) == len(conflict.trip_ids) == 2


def test_too_little_rest_belongs_to_the_earlier_date() -> None:
    guide, other = GuideFactory(), uuid4()
    yesterday = TOMORROW - timedelta(days=1)
    late = DepartureFactory(team=[lead(guide)], starts_at=at(20, day=yesterday), ends_at=at(23, day=yesterday))
    held = {guide.id: (Commitment(guide.id, other, yesterday, late.span),)}
    early = DepartureFactory(team=[lead(guide)], starts_at=at(6), ends_at=at(8))

    [conflict] = detect_among(early, commitments=held, elsewhere={other: (yesterday, late)}).conflicts

    assert (conflict.cause.value, conflict.day) == ("REST", yesterday)


def test_inside_an_availability_exception() -> None:
    guide = GuideFactory()
    away = AvailabilityException.model_validate({"from": TOMORROW, "to": TOMORROW, "reason": "training"})
    entered = GuideAdjustments(availability_exceptions=[away])

    [conflict] = detect_among(DepartureFactory(team=[lead(guide)]), adjustments={guide.id: entered}).conflicts

    assert conflict.cause.value == "AVAILABILITY_EXCEPTION"
    assert "training" not in f"{conflict.details()}"


def test_a_guide_held_by_an_emergency_elsewhere() -> None:
    guide = GuideFactory()
    emergency = Danger(
        id=uuid4(),
        severity=Severity.CRITICAL,
        description="SOS",
        span=Span(at(6), at(23)),
        guide_ids=frozenset({guide.id}),
        departure_id=uuid4(),
    )

    [conflict] = detect_among(DepartureFactory(team=[lead(guide)]), dangers=(emergency,)).conflicts

    assert (conflict.cause.value, conflict.severity) == ("HELD_BY_EMERGENCY", Severity.CRITICAL)


def severity_when(**fields: object) -> Severity:
    departure: Departure = DepartureFactory(participants=30, **fields)
    [conflict] = detect_among(departure).conflicts
    return conflict.severity


def test_severity_follows_status_and_nearness() -> None:
    announced = Announcement(guide_ids=[], starts_at=at(9))

    assert severity_when() == Severity.MEDIUM
    assert (
        severity_when(status=DepartureStatus.PUBLISHED, published=announced, team=[lead(GuideFactory())])
        == Severity.HIGH
    )
    assert severity_when(status=DepartureStatus.IN_PROGRESS, team=[lead(GuideFactory())]) == Severity.CRITICAL
