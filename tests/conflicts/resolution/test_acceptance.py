"""An accepted risk has an owner and an end: it is withdrawn, it expires, or the risk outgrows it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from conflicts.choices import AcceptanceEnding, EventKind
from conflicts.detection import Cause, Severity
from conflicts.errors import ExpiryOutOfRange, ResolutionNotApplicable, RiskNotAccepted, RiskTooHigh, UnknownConflict
from conflicts.models import ConflictEvent, RiskAcceptance, ScheduleConflict
from conflicts.options import accept_risk
from conflicts.resolution.acceptance import reopen_expired, withdraw_acceptance
from conflicts.resolution.applications import Application
from conflicts.resolution.apply import apply_option
from conflicts.resolution.option_search import conflicts_without_options
from conflicts.resolution.services import resolve_conflict
from scheduling.domain.document import DepartureStatus
from tests.conflicts.factories import IN_THREE_DAYS, conflict_of, overfull, put
from tests.factories import TOMORROW, at
from tests.novatrek_scheduling.console.people import signed_in
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

OPEN = ScheduleConflict.objects.open
LATER = timezone.now() + timedelta(hours=5)


def accept(conflict: ScheduleConflict, **how: Any) -> ScheduleConflict:
    option = accept_risk(conflict.pk, conflict.details)
    resolve_conflict(conflict.pk, option.id, by="ana", notes="a family", **how)
    return conflict


def departure_of(conflict: ScheduleConflict) -> UUID:
    return UUID(conflict.details["departure_ids"][0])


def kinds() -> list[str]:
    return list(ConflictEvent.objects.order_by("id").values_list("kind", flat=True))


def test_without_an_end_it_holds_until_the_departure_is_over() -> None:
    starts_at = datetime.combine(IN_THREE_DAYS, time(18), ZoneInfo("America/Denver"))
    ends_at = starts_at + timedelta(hours=3)

    conflict = accept(overfull(IN_THREE_DAYS, starts_at=starts_at, ends_at=ends_at))

    assert conflict.acceptances.get().expires_at == ends_at


def test_it_may_end_earlier_and_never_later() -> None:
    conflict = overfull(IN_THREE_DAYS)

    for beyond in (timezone.now() - timedelta(minutes=1), at(12, day=IN_THREE_DAYS) + timedelta(minutes=1)):
        with pytest.raises(ExpiryOutOfRange):
            accept(conflict, accept_until=beyond)
    assert OPEN().exists()

    assert accept(conflict, accept_until=LATER).acceptances.get().expires_at == LATER


@pytest.mark.parametrize("cause", [Cause.NO_LEAD, Cause.NO_TRAIL])
def test_nobody_accepts_that_a_departure_has_no_guide_or_no_trail(cause: Cause) -> None:
    conflict = conflict_of(IN_THREE_DAYS, severity=Severity.LOW, cause=cause)

    with pytest.raises(RiskTooHigh, match="nobody goes"):
        accept(conflict, override_warnings=True)


def test_it_is_not_among_the_options_of_a_departure_without_a_guide() -> None:
    put(uuid4(), IN_THREE_DAYS, team=[], status=DepartureStatus.PUBLISHED)

    conflict = OPEN().get()
    assert (conflict.details["cause"], conflict.details["resolution_options"]) == (Cause.NO_LEAD, [])


def test_an_acceptance_of_an_earlier_release_hides_no_departure_without_a_guide() -> None:
    key = put(uuid4(), IN_THREE_DAYS, team=[], status=DepartureStatus.PUBLISHED)
    conflict = OPEN().get()
    OPEN().update(resolved=True)
    RiskAcceptance.objects.create(
        conflict=conflict,
        fingerprint=conflict.details["fingerprint"],
        severity=conflict.severity,
        evidence_digest=conflict.details["evidence"]["digest"],
        owner="ana",
        reason="somebody will come",
        expires_at=LATER,
    )

    put(key, IN_THREE_DAYS, team=[], status=DepartureStatus.PUBLISHED, capacity=30)

    assert OPEN().get().details["cause"] == Cause.NO_LEAD


def test_fewer_guests_stay_accepted_and_more_are_for_a_person_again() -> None:
    conflict = accept(overfull(IN_THREE_DAYS))
    key = departure_of(conflict)

    put(key, IN_THREE_DAYS, participants=15, capacity=10)
    assert not OPEN().exists()

    put(key, IN_THREE_DAYS, participants=17, capacity=10)
    assert OPEN().get().details["evidence"]["told"]["people"] == 17
    assert conflict.acceptances.get().ending == AcceptanceEnding.OUTGROWN

    # What was outgrown does not come back with the smaller number.
    put(key, IN_THREE_DAYS, participants=16, capacity=10)
    assert OPEN().get().details["evidence"]["told"]["people"] == 16


def test_publishing_is_no_reason_to_ask_again_and_the_last_day_is() -> None:
    conflict = accept(overfull(IN_THREE_DAYS))
    key = departure_of(conflict)

    put(key, IN_THREE_DAYS, participants=16, capacity=10, status=DepartureStatus.PUBLISHED)
    assert not [found for found in OPEN() if found.details["cause"] == Cause.DEPARTURE_CAPACITY]

    soon = timezone.now() + timedelta(hours=2)
    put(key, IN_THREE_DAYS, participants=16, capacity=10, starts_at=soon, ends_at=soon + timedelta(hours=3))
    [found] = [found for found in OPEN() if found.details["cause"] == Cause.DEPARTURE_CAPACITY]
    assert found.severity is Severity.CRITICAL


def test_one_that_is_withdrawn_is_an_open_conflict_with_the_same_history() -> None:
    conflict = accept(overfull(IN_THREE_DAYS))

    reopened = withdraw_acceptance(conflict.pk, by="ben", notes="the family is two families")

    assert reopened is not None
    assert OPEN().get() == reopened
    assert reopened.details["fingerprint"] == conflict.details["fingerprint"]
    assert [option["strategy"] for option in reopened.details["resolution_options"]] == ["ACCEPT_RISK"]
    assert reopened in conflicts_without_options()
    assert kinds() == [EventKind.DETECTED, EventKind.ACCEPTED, EventKind.ACCEPTANCE_WITHDRAWN, EventKind.REOPENED]
    ended = conflict.acceptances.get()
    assert (ended.ending, ended.ended_by) == (AcceptanceEnding.WITHDRAWN, "ben")
    accept(reopened)
    assert not OPEN().exists()


def test_nothing_is_withdrawn_that_is_not_accepted() -> None:
    conflict = overfull(IN_THREE_DAYS)

    with pytest.raises(RiskNotAccepted):
        withdraw_acceptance(conflict.pk, by="ben")
    with pytest.raises(UnknownConflict):
        withdraw_acceptance(uuid4(), by="ben")


def test_a_cancelled_departure_has_nothing_to_open_again() -> None:
    conflict = accept(overfull(IN_THREE_DAYS))
    put(departure_of(conflict), IN_THREE_DAYS, status=DepartureStatus.CANCELLED, participants=16, capacity=10)
    OPEN().update(resolved=True)

    assert withdraw_acceptance(conflict.pk, by="ben") is None
    assert not OPEN().exists()


def test_what_expires_is_open_again_once_and_what_is_in_force_is_not() -> None:
    expiring = accept(overfull(IN_THREE_DAYS), accept_until=LATER)
    accept(overfull(IN_THREE_DAYS))

    assert reopen_expired(LATER - timedelta(seconds=1)) == []
    [reopened] = reopen_expired(LATER)

    assert reopen_expired(LATER) == []
    assert OPEN().get().pk == reopened
    assert OPEN().get().details["fingerprint"] == expiring.details["fingerprint"]
    assert kinds()[-2:] == [EventKind.ACCEPTANCE_EXPIRED, EventKind.REOPENED]


def test_nobody_answers_for_more_guests_than_they_read_of() -> None:
    conflict = overfull(IN_THREE_DAYS)
    put(departure_of(conflict), IN_THREE_DAYS, participants=20, capacity=10)
    option = accept_risk(conflict.pk, conflict.details)

    with pytest.raises(ResolutionNotApplicable, match="another by now"):
        apply_option(Application(conflict, option, by="ana", notes="a family"))

    assert OPEN().get() == conflict
    assert not RiskAcceptance.objects.exists()


def test_what_expires_with_its_departure_opens_nothing() -> None:
    conflict = accept(overfull(IN_THREE_DAYS))

    assert reopen_expired(conflict.acceptances.get().expires_at) == []
    assert conflict.acceptances.get().ending == AcceptanceEnding.EXPIRED


def test_one_that_was_found_again_before_it_expired_is_not_doubled() -> None:
    conflict = accept(overfull(IN_THREE_DAYS), accept_until=LATER)
    put(departure_of(conflict), IN_THREE_DAYS, participants=20, capacity=10)
    conflict.acceptances.update(ended_at=None, ending="")  # as a release before would have left it

    assert reopen_expired(LATER) == []
    assert OPEN().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_end_it_at_once_one_does() -> None:
    conflict = accept(overfull(IN_THREE_DAYS), accept_until=LATER)
    together = threading.Barrier(2)

    def end(number: int) -> int:
        together.wait(timeout=30)
        try:
            return len(reopen_expired(LATER)) if number else int(bool(withdraw_acceptance(conflict.pk, by="ben")))
        except RiskNotAccepted:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(end, range(2))) == 1
    assert OPEN().count() == 1
    assert kinds().count(EventKind.REOPENED) == 1


def withdraw(client: Client, conflict_id: object, scopes: Any = ("scheduling:resolve",), **body: Any) -> Any:
    address = f"/scheduling/v1/schedule-conflicts/{conflict_id}/withdraw-acceptance"
    return client.post(address, body, content_type="application/json", headers=bearer(scopes))


def test_the_api_withdraws_and_names_the_conflict_that_is_open_again(client: Client) -> None:
    conflict = accept(overfull(IN_THREE_DAYS))

    answer = withdraw(client, conflict.pk, operator_notes="two families")

    assert answer.json() == {"conflict_id": str(conflict.pk), "reopened_conflict_id": str(OPEN().get().pk)}
    assert ConflictEvent.objects.get(kind=EventKind.ACCEPTANCE_WITHDRAWN).by == "ana"
    again = withdraw(client, conflict.pk)
    assert (again.status_code, again.json()["code"]) == (409, "RISK_NOT_ACCEPTED")


def test_who_may_not_resolve_withdraws_nothing(client: Client) -> None:
    conflict = accept(overfull(IN_THREE_DAYS))

    assert [withdraw(client, conflict.pk, scopes).status_code for scopes in (None, ("scheduling:read",))] == [403, 403]
    assert not OPEN().exists()


def test_the_list_of_resolved_conflicts_says_who_answers_until_when(client: Client) -> None:
    conflict = accept(overfull(IN_THREE_DAYS))
    query = {"date": IN_THREE_DAYS.isoformat(), "resolved": "true"}

    [listed] = client.get("/scheduling/v1/schedule-conflicts", query, headers=bearer()).json()["conflicts"]

    risk = listed["accepted_risk"]
    assert (risk["owner"], risk["reason"]) == ("ana", "a family")
    assert datetime.fromisoformat(risk["expires_at"]) == conflict.acceptances.get().expires_at
    assert "ending" not in risk


@pytest.mark.usefixtures("groups")
def test_a_dispatcher_accepts_until_a_time_and_withdraws_it_in_the_console() -> None:
    conflict, dispatcher = overfull(IN_THREE_DAYS), signed_in("Dispatcher")
    until = datetime.combine(TOMORROW, datetime.min.time(), UTC) + timedelta(hours=30)
    page = f"/admin/conflicts/review/{conflict.pk}/"
    option = accept_risk(conflict.pk, conflict.details).id

    typed = {"do": "apply", "option": option, "notes": "family", "accept_until": f"{until:%Y-%m-%dT%H:%M}"}
    dispatcher.post(page, typed)

    assert conflict.acceptances.get().expires_at == until
    assert "a dispatcher answers for the risk until" in dispatcher.get(page).content.decode()
    withdrawal = {"do": "withdraw", "notes": "no family"}
    assert signed_in("Auditor").post(page, withdrawal).status_code == 403

    answer = dispatcher.post(page, withdrawal)
    assert answer["Location"] == f"/admin/conflicts/review/{OPEN().get().pk}/"
