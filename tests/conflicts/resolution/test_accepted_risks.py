"""Accepting the risk of a conflict: with a reason, within limits, and as an answer for it."""

from uuid import uuid4

import pytest
from django.utils import timezone

from conflicts.choices import Strategy
from conflicts.detection import Cause, Severity
from conflicts.errors import (
    ConflictAlreadyResolved,
    NotesRequired,
    RiskTooHigh,
    UnknownConflict,
)
from conflicts.models import ConflictResolution, RiskAcceptance, ScheduleConflict
from conflicts.monitoring.services import detect_on
from conflicts.options import accept_risk
from conflicts.resolution.services import resolve_conflict
from tests.conflicts.factories import IN_THREE_DAYS, conflict_of, overfull


def accept(conflict: ScheduleConflict, *, notes: str = "a small risk", override: bool = False) -> None:
    option = accept_risk(conflict.pk, conflict.details)
    resolve_conflict(conflict.pk, option.id, by="ana", notes=notes, override_warnings=override)


@pytest.mark.django_db
def test_accepting_a_risk_closes_the_conflict_and_says_who_answers_for_it() -> None:
    conflict = overfull(IN_THREE_DAYS)

    accept(conflict)

    acceptance = RiskAcceptance.objects.get(fingerprint=conflict.details["fingerprint"])
    assert (acceptance.owner, acceptance.reason) == ("ana", "a small risk")
    assert acceptance.expires_at > timezone.now()
    assert not ScheduleConflict.objects.open().exists()
    assert ConflictResolution.objects.get(conflict=conflict).strategy == Strategy.ACCEPT_RISK


@pytest.mark.django_db
def test_an_accepted_risk_is_not_raised_again_by_the_next_write() -> None:
    conflict = overfull(IN_THREE_DAYS)
    accept(conflict)

    detect_on([conflict.day], None)

    assert not ScheduleConflict.objects.open().exists()


@pytest.mark.django_db
def test_a_risk_is_accepted_with_a_reason_only() -> None:
    with pytest.raises(NotesRequired):
        accept(conflict_of(), notes="  ")


@pytest.mark.django_db
def test_a_critical_risk_needs_an_override() -> None:
    conflict = conflict_of(severity=Severity.CRITICAL)

    with pytest.raises(RiskTooHigh):
        accept(conflict)
    accept(conflict, override=True)


@pytest.mark.django_db
@pytest.mark.parametrize("cause", [Cause.CERTIFICATION, Cause.RESTRICTION, Cause.OVERLAP, Cause.REST])
def test_nobody_accepts_certificates_restrictions_overlap_or_rest(cause: Cause) -> None:
    with pytest.raises(RiskTooHigh):
        accept(conflict_of(severity=Severity.LOW, cause=cause), override=True)


@pytest.mark.django_db
def test_unknown_and_resolved_conflicts_are_told_apart() -> None:
    conflict = overfull()
    accept(conflict, override=True)

    with pytest.raises(ConflictAlreadyResolved):
        accept(conflict, override=True)
    with pytest.raises(UnknownConflict):
        resolve_conflict(uuid4(), uuid4(), by="ana")
