"""What happens to a conflict is recorded once, in the transaction in which it happens."""

from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.utils import timezone

from conflicts.choices import EventKind
from conflicts.detection import DetectedConflict, Scene, Severity, detect
from conflicts.history.sentences import describe
from conflicts.models import ConflictEvent, ScheduleConflict
from conflicts.monitoring.store import store_conflicts
from conflicts.options import accept_risk
from conflicts.resolution.services import resolve_conflict
from scheduling.domain.document import ScheduleDocument
from tests.conflicts.factories import IN_THREE_DAYS, overfull, put
from tests.factories import TOMORROW, DepartureFactory, at

pytestmark = pytest.mark.django_db

BY_ANA = {"by": "ana", "notes": "a family"}


def story() -> list[tuple[str, str, str]]:
    return [(event.kind, event.by, describe(event)) for event in ConflictEvent.objects.order_by("id")]


def kinds() -> list[str]:
    return [kind for kind, _, _ in story()]


def a_finding(**fields: object) -> DetectedConflict:
    put(uuid4())
    document = ScheduleDocument(departures={uuid4(): DepartureFactory(participants=16, capacity=10, **fields)})
    [conflict] = detect(Scene(TOMORROW, document, at(9) - timedelta(days=7)), document.departures).conflicts
    return conflict


def accept(conflict: ScheduleConflict) -> None:
    resolve_conflict(conflict.pk, accept_risk(conflict.pk, conflict.details).id, **BY_ANA)


def test_a_conflict_is_found_accepted_and_said_in_words() -> None:
    conflict = overfull(IN_THREE_DAYS)

    accept(conflict)

    found, accepted = story()
    assert found == (EventKind.DETECTED, "", f"Medium: {conflict.details['description']}")
    until = conflict.acceptances.get().expires_at
    assert accepted == (
        EventKind.ACCEPTED,
        "ana",
        f"Accepted until {until:%Y-%m-%d %H:%M} UTC as medium. Notes: a family",
    )


def test_what_is_found_unchanged_is_no_event_and_another_severity_is() -> None:
    finding = a_finding()

    for severity in (Severity.MEDIUM, Severity.MEDIUM, Severity.CRITICAL, Severity.CRITICAL, Severity.HIGH):
        store_conflicts([replace(finding, severity=severity)], now=timezone.now())

    assert kinds() == [EventKind.DETECTED, EventKind.ESCALATED, EventKind.DEESCALATED]
    assert [text for _, _, text in story()[1:]] == ["Medium became critical.", "Critical became high."]


def test_one_that_is_cleared_and_there_again_has_one_history() -> None:
    first = overfull(IN_THREE_DAYS)
    [departure] = first.details["departure_ids"]

    put(departure, IN_THREE_DAYS, participants=8, capacity=10)
    put(departure, IN_THREE_DAYS, participants=16, capacity=10)

    again = ScheduleConflict.objects.open().get()
    assert again.pk != first.pk
    assert kinds() == [EventKind.DETECTED, EventKind.CLEARED, EventKind.REOPENED]
    assert story()[1][2] == "The departure has 8 guests now."
    assert story()[2][2].startswith("There again (it had been cleared). Medium: ")
    assert {event.fingerprint for event in ConflictEvent.objects.all()} == {first.details["fingerprint"]}
    assert ConflictEvent.objects.latest("id").facts["earlier"] == str(first.pk)


def test_what_is_rolled_back_did_not_happen() -> None:
    finding = a_finding()

    with transaction.atomic():
        store_conflicts([finding], now=timezone.now())
        transaction.set_rollback(True)

    assert story() == []


@pytest.mark.parametrize("sql", ["UPDATE conflict_events SET by = 'nobody'", "DELETE FROM conflict_events"])
def test_nobody_changes_the_history(sql: str) -> None:
    overfull(IN_THREE_DAYS)

    with pytest.raises((InternalError, ProgrammingError), match="append-only"), transaction.atomic():
        connection.cursor().execute(sql)


def test_conflicts_of_an_earlier_release_get_a_history() -> None:
    accepted, open_one = overfull(IN_THREE_DAYS), overfull(IN_THREE_DAYS)
    accept(accepted)
    before = story()
    connection.cursor().execute("SELECT set_config('scheduling.principal', 'maintenance', true)")
    ConflictEvent.objects.all().delete()

    fill = import_module("conflicts.migrations.0005_fill_conflict_events")
    for sql in (fill.FOUND, fill.ENDED):
        connection.cursor().execute(sql)

    assert sorted(story()) == sorted(before)
    assert kinds() == [EventKind.DETECTED, EventKind.DETECTED, EventKind.ACCEPTED]
    assert open_one.events.count() == 1
