"""The review of one conflict: what is shown, chosen and applied, by whom, and by two at once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conflicts.detection import Cause, Severity
from conflicts.models import ConflictResolution, RiskAcceptance, ScheduleConflict
from conflicts.options import accept_risk
from conflicts.resolution.services import resolve_conflict
from tests.conflicts.factories import IN_THREE_DAYS, conflict_of, overfull
from tests.novatrek_scheduling.console.people import signed_in
from tests.words import codes_and_ids_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]


def address_of(conflict: ScheduleConflict) -> str:
    return reverse("console:review", args=[conflict.pk])


def accepting(conflict: ScheduleConflict) -> UUID:
    return accept_risk(conflict.pk, conflict.details).id


def apply(person: Client, conflict: ScheduleConflict, option: UUID, **typed: Any) -> Any:
    return person.post(address_of(conflict), {"do": "apply", "option": option, **typed})


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_page_says_what_is_wrong_of_which_departures_and_what_can_be_done() -> None:
    conflict = overfull(IN_THREE_DAYS)

    page = text_of(signed_in("Auditor").get(address_of(conflict)))

    assert conflict.details["description"] in page
    assert "Sunrise hike" in page
    assert "16 / 10" in page
    assert "Keep the plan as it is" in page


def test_a_risk_is_accepted_with_a_reason_and_the_next_conflict_follows() -> None:
    conflict, next_one = overfull(IN_THREE_DAYS), conflict_of(severity=Severity.LOW)

    answer = apply(signed_in("Dispatcher"), conflict, accepting(conflict), notes="they are a family")

    assert answer.headers["Location"] == address_of(next_one)
    resolution = ConflictResolution.objects.get(conflict=conflict)
    assert (resolution.resolved_by, resolution.notes) == ("a dispatcher", "they are a family")


def test_what_became_of_it_is_said_beside_the_next_one() -> None:
    conflict = overfull(IN_THREE_DAYS)
    conflict_of(severity=Severity.LOW, description="One guest too many.")

    typed = {"do": "apply", "option": accepting(conflict), "notes": "a family"}
    page = text_of(signed_in("Dispatcher").post(address_of(conflict), typed, follow=True))

    assert f"{conflict.details['description']} Accept the risk. Resolved." in page
    assert "One guest too many." in page


def test_a_filter_stays_over_resolving() -> None:
    conflict = overfull(IN_THREE_DAYS)
    conflict_of(severity=Severity.LOW)
    address = f"{address_of(conflict)}?type=CAPACITY_EXCEEDED"

    typed = {"do": "apply", "option": accepting(conflict), "notes": "a family"}
    answer = signed_in("Dispatcher").post(address, typed)

    assert answer.headers["Location"].endswith("?type=CAPACITY_EXCEEDED")


def test_what_accepting_a_critical_risk_needs_is_asked_for_at_once() -> None:
    conflict = conflict_of(severity=Severity.CRITICAL)

    answer = apply(signed_in("Operations manager"), conflict, accepting(conflict), notes=" ", accept_until="soon")

    assert answer.status_code == 400
    assert set(answer.context["errors"]) == {"notes", "override_warnings", "accept_until"}
    assert "soon" in text_of(answer)


def test_an_operations_manager_answers_for_a_critical_risk_in_one_step() -> None:
    conflict = conflict_of(severity=Severity.CRITICAL)

    apply(signed_in("Operations manager"), conflict, accepting(conflict), notes="a family", override_warnings="on")

    assert RiskAcceptance.objects.get(conflict=conflict).owner == "a operations manager"


def test_who_may_not_accept_a_critical_risk_sees_why_and_to_whom_to_turn() -> None:
    signed_in("Operations manager")
    conflict = conflict_of(severity=Severity.CRITICAL)
    conflict.details["resolution_options"] = [accept_risk(conflict.pk, conflict.details).stored()]
    conflict.save(update_fields=["details"])
    dispatcher = signed_in("Dispatcher")

    page = text_of(dispatcher.get(address_of(conflict)))
    apply(dispatcher, conflict, accepting(conflict), notes="a family", override_warnings="on")

    assert "accepted by an operations manager only. Turn to a operations manager." in page
    assert ScheduleConflict.objects.open().filter(pk=conflict.pk).exists()


def test_what_nobody_may_accept_says_so_and_keeps_what_was_typed() -> None:
    conflict = conflict_of(cause=Cause.OVERLAP)

    answer = apply(signed_in("Dispatcher"), conflict, accepting(conflict), notes="my words")

    assert answer.status_code == 409
    assert "nobody&#x27;s to accept" in text_of(answer)
    assert ScheduleConflict.objects.open().filter(pk=conflict.pk).exists()


def test_a_time_is_the_departures_own() -> None:
    conflict = overfull(IN_THREE_DAYS)
    until = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=3)

    typed = {"notes": "a family", "accept_until": f"{until:%Y-%m-%dT%H:%M}"}
    apply(signed_in("Dispatcher"), conflict, accepting(conflict), **typed)

    assert RiskAcceptance.objects.get(conflict=conflict).expires_at == until


@pytest.mark.parametrize("hours", [-1, 24 * 30], ids=["past", "after its end"])
def test_a_time_out_of_range_is_said_at_the_field(hours: int) -> None:
    conflict = overfull(IN_THREE_DAYS)
    until = timezone.now() + timedelta(hours=hours)

    typed = {"notes": "a family", "accept_until": f"{until:%Y-%m-%dT%H:%M}"}
    answer = apply(signed_in("Dispatcher"), conflict, accepting(conflict), **typed)

    assert set(answer.context["errors"]) == {"accept_until"}
    assert f"{until:%Y-%m-%dT%H:%M}" in text_of(answer)


def test_an_option_that_is_not_offered_any_more_is_named_by_no_id() -> None:
    conflict = overfull(IN_THREE_DAYS)

    answer = apply(signed_in("Dispatcher"), conflict, UUID(int=7), notes="my words")

    assert answer.status_code == 409
    assert "This option is not offered any more" in text_of(answer)
    assert "my words" in text_of(answer)


def test_the_second_to_resolve_is_told_by_whom_and_how_and_keeps_the_note() -> None:
    conflict, next_one = overfull(IN_THREE_DAYS), conflict_of(severity=Severity.LOW)
    resolve_conflict(conflict.pk, accepting(conflict), by="ana", notes="a family")

    answer = apply(signed_in("Dispatcher"), conflict, accepting(conflict), notes="two cars")

    page = text_of(answer)
    assert answer.status_code == 409
    assert "Somebody was first. Resolved by ana at " in page
    assert "Accept the risk" in page
    assert "two cars" in page
    assert address_of(next_one) in page


def test_an_acceptance_is_withdrawn_and_the_conflict_is_open_again() -> None:
    conflict = overfull(IN_THREE_DAYS)
    resolve_conflict(conflict.pk, accepting(conflict), by="ana", notes="a family")
    dispatcher = signed_in("Dispatcher")

    assert "ana answers for the risk until" in text_of(dispatcher.get(address_of(conflict)))
    answer = dispatcher.post(address_of(conflict), {"do": "withdraw", "notes": "no family"})

    assert answer.headers["Location"] == address_of(ScheduleConflict.objects.open().get())


def test_an_auditor_looks_and_changes_nothing() -> None:
    conflict = overfull(IN_THREE_DAYS)
    auditor = signed_in("Auditor")

    page = text_of(auditor.get(f"{address_of(conflict)}?option={accepting(conflict)}"))

    assert 'name="do"' not in page
    assert apply(auditor, conflict, accepting(conflict), notes="a family").status_code == 403
    assert signed_in().get(address_of(conflict)).status_code == 403


def test_what_a_page_says_has_no_codes() -> None:
    conflict = overfull(IN_THREE_DAYS)

    reviewed = signed_in("Auditor").get(address_of(conflict)).context["reviewed"]

    said = [reviewed.description, reviewed.cause_words, reviewed.kind, *(event.text for event in reviewed.history)]
    assert codes_and_ids_in(" ".join(said)) == []


def test_a_conflict_that_never_was_is_not_found() -> None:
    assert signed_in("Auditor").get(reverse("console:review", args=[UUID(int=7)])).status_code == 404
