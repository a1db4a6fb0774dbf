import re
from html import unescape
from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from scheduling.calendars.tokens import active_token_of, issue_calendar_token, revoke_calendar_token
from scheduling.models import CalendarToken
from tests.novatrek_scheduling.console.people import signed_in
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

LIST = "/admin/scheduling/calendartoken/"
ISSUE = f"{LIST}issue/"
MAY_ISSUE = ["Dispatcher", "Operations manager"]


def revoke_page(token: CalendarToken) -> str:
    return f"{LIST}{token.pk}/revoke/"


@pytest.fixture
def guide_id(siblings: SimulatedSiblings) -> UUID:
    return UUID(siblings.summary()["guide_ids"][0])


@pytest.fixture
def token() -> CalendarToken:
    return issue_calendar_token(UUID(int=7), guide_name="Ana Ruiz", by="ana").row


@pytest.mark.parametrize("role", MAY_ISSUE)
def test_an_address_is_shown_once_and_works(client: Client, guide_id: UUID, role: str) -> None:
    person = signed_in(role)
    choice = person.get(ISSUE).content.decode()

    answer = person.post(ISSUE, {"guide_id": str(guide_id)})

    [address] = re.findall(r">(http://testserver[^<]+calendar\.ics[^<]+)<", answer.content.decode())
    token = active_token_of(guide_id)
    assert str(guide_id) in choice
    assert token.guide_name in choice
    assert client.get(unescape(address)).status_code == 200
    assert "no-store" in answer["Cache-Control"]
    later = [person.get(LIST), person.get(reverse("admin:scheduling_calendartoken_change", args=[token.pk]))]
    secret = address.partition("token=")[2]
    assert not any(secret in page.content.decode() or token.digest in page.content.decode() for page in later)
    assert not any(secret in str(entry.get_change_message()) for entry in LogEntry.objects.all())


def test_who_only_looks_issues_and_revokes_nothing(guide_id: UUID, token: CalendarToken) -> None:
    auditor = signed_in("Auditor")

    page = auditor.get(LIST).content.decode()
    refused = [auditor.post(ISSUE, {"guide_id": str(guide_id)}), auditor.post(revoke_page(token)), auditor.get(ISSUE)]

    assert "Ana Ruiz" in page
    assert ISSUE not in page
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert CalendarToken.objects.active().get() == token


def test_a_guide_whom_nobody_knows_gets_none(guide_id: UUID) -> None:
    answer = signed_in("Dispatcher").post(ISSUE, {"guide_id": str(UUID(int=1))})

    assert "not one of the available choices" in answer.content.decode()
    assert not CalendarToken.objects.exists()


def test_none_is_issued_while_nobody_says_who_the_guides_are(siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-guide-management", "down")

    answer = signed_in("Dispatcher").get(ISSUE)

    assert answer.status_code == 302
    assert "svc-guide-management" in str(next(iter(get_messages(answer.wsgi_request))))


def test_a_guide_who_was_chosen_stays_chosen_while_nobody_answers(guide_id: UUID, siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-guide-management", "down")

    answer = signed_in("Dispatcher").post(ISSUE, {"guide_id": str(guide_id)})

    assert f'<option value="{guide_id}" selected>' in answer.content.decode()
    assert not CalendarToken.objects.exists()


@pytest.mark.parametrize("role", MAY_ISSUE)
def test_a_token_is_revoked_after_a_question(token: CalendarToken, role: str) -> None:
    person = signed_in(role)

    confirmation = person.get(revoke_page(token)).content.decode()
    assert CalendarToken.objects.active().exists()
    person.post(revoke_page(token))

    token.refresh_from_db()
    assert "Ana Ruiz" in confirmation
    assert token.revoked_by == f"a {role}".lower()


def test_to_revoke_a_former_token_leaves_the_present_one(token: CalendarToken) -> None:
    present = issue_calendar_token(token.guide_id, guide_name="Ana Ruiz", by="bo").row

    answer = signed_in("Dispatcher").post(revoke_page(token))

    assert "revoked already" in str(next(iter(get_messages(answer.wsgi_request))))
    assert CalendarToken.objects.active().get() == present


@pytest.mark.parametrize(("state", "shown"), [("active", 1), ("revoked", 2)])
def test_tokens_are_filtered_by_their_state(token: CalendarToken, state: str, shown: int) -> None:
    for guide in (8, 9):
        revoke_calendar_token(issue_calendar_token(UUID(int=guide), guide_name="Bo", by="bo").row, by="bo")

    page = signed_in("Auditor").get(LIST, {"state": state})

    assert page.context["cl"].result_count == shown
