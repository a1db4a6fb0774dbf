from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from conflicts.models import ScheduleConflict
from conflicts.options import accept_risk
from conflicts.resolution.services import resolve_conflict
from tests.conflicts.factories import IN_THREE_DAYS, overfull, put
from tests.novatrek_scheduling.console.people import signed_in
from tests.tokens import bearer

pytestmark = pytest.mark.django_db


def history(client: Client, conflict_id: Any, scopes: Any = ("scheduling:read",), **query: Any) -> Any:
    address = f"/scheduling/v1/schedule-conflicts/{conflict_id}/history"
    return client.get(address, query, headers=bearer(scopes))


@pytest.fixture
def again() -> ScheduleConflict:
    """A conflict that was cleared once, was found again and is accepted."""
    [departure] = overfull(IN_THREE_DAYS).details["departure_ids"]
    put(departure, IN_THREE_DAYS, participants=8, capacity=10)
    put(departure, IN_THREE_DAYS, participants=16, capacity=10)
    conflict = ScheduleConflict.objects.open().get()
    resolve_conflict(conflict.pk, accept_risk(conflict.pk, conflict.details).id, by="ana", notes="a family")
    return conflict


def test_the_history_begins_with_the_newest_and_goes_back_before_this_conflict(
    client: Client, again: ScheduleConflict
) -> None:
    answer = history(client, again.pk)

    assert answer.status_code == 200, answer.content
    events = answer.json()["events"]
    assert [event["event"] for event in events] == ["ACCEPTED", "REOPENED", "CLEARED", "DETECTED"]
    assert [event.get("by") for event in events] == ["ana", None, None, None]
    assert {event["conflict_id"] for event in events[:2]} == {str(again.pk)}
    assert answer.json()["total_count"] == 4


def test_pages_neither_repeat_nor_leave_out(client: Client, again: ScheduleConflict) -> None:
    first = history(client, again.pk, page_size=3).json()
    second = history(client, again.pk, page_size=3, page_token=first["next_page_token"]).json()

    assert [len(page["events"]) for page in (first, second)] == [3, 1]
    assert "next_page_token" not in second


def test_who_may_not_read_and_what_is_not_there(client: Client, again: ScheduleConflict) -> None:
    assert history(client, again.pk, scopes=("scheduling:resolve",)).status_code == 403
    assert history(client, again.pk, scopes=None).status_code == 403
    assert history(client, uuid4()).json()["code"] == "UNKNOWN_CONFLICT"
    assert history(client, "first").status_code == 404
    assert history(client, again.pk, page_token="made up").json()["code"] == "INVALID_PAGE_TOKEN"


@pytest.mark.usefixtures("groups")
def test_the_console_tells_the_same_story(again: ScheduleConflict) -> None:
    page = signed_in("Auditor").get(f"/admin/conflicts/scheduleconflict/{again.pk}/change/").content.decode()

    for text in ("There again (it had been cleared)", "The departure has 8 guests now.", "Notes: a family"):
        assert text in page
