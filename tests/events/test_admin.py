from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events import dead_letters
from events.dead_letters import record_dead_letter, register_replay
from events.models import DeadLetter, InboxMessage, OutboxMessage
from events.outbox import record

pytestmark = pytest.mark.django_db

CHANGELIST = "admin:events_deadletter_changelist"


@pytest.fixture(autouse=True)
def _plain_http(settings: object) -> Iterator[None]:
    settings.SECURE_SSL_REDIRECT = False  # type: ignore[attr-defined]
    replays = dict(dead_letters._replays)
    register_replay("test", lambda _dead_letter: None)
    yield
    dead_letters._replays.clear()
    dead_letters._replays.update(replays)


@pytest.fixture
def auditor(client: Client) -> Client:
    user = User.objects.create_user("auditor", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_deadletter"))
    client.force_login(user)
    return client


def _act(client: Client, action: str, *chosen: DeadLetter) -> list[str]:
    data = {"action": action, "_selected_action": [dead_letter.pk for dead_letter in chosen]}
    response = client.post(reverse(CHANGELIST), data, follow=True)
    return [str(message) for message in response.context["messages"]]


def _dead_letter(source: str = "test") -> DeadLetter:
    return record_dead_letter(source=source, reason="it <b>broke</b>", payload=b"\xff not JSON")


def test_a_person_replays_dead_letters_and_hears_of_each(admin_client: Client) -> None:
    good, bad = _dead_letter(), _dead_letter("unheard of")

    messages = _act(admin_client, "replay_chosen", good, bad)

    good.refresh_from_db()
    assert good.replayed_by == "a superuser"
    assert len(messages) == 2
    assert any("cannot be replayed" in message for message in messages)


def test_a_person_discards_a_dead_letter(admin_client: Client) -> None:
    dead_letter = _dead_letter()

    _act(admin_client, "discard_chosen", dead_letter)

    dead_letter.refresh_from_db()
    assert dead_letter.discarded_by == "a superuser"


def test_who_may_only_look_settles_nothing(auditor: Client) -> None:
    dead_letter = _dead_letter()

    page = auditor.get(reverse(CHANGELIST))
    auditor.post(reverse(CHANGELIST), {"action": "discard_chosen", "_selected_action": [dead_letter.pk]})

    dead_letter.refresh_from_db()
    assert page.status_code == 200
    assert dead_letter.is_open


@pytest.mark.parametrize("state", ["open", "replayed", "discarded"])
def test_dead_letters_are_found_by_their_state(admin_client: Client, state: str) -> None:
    _dead_letter()

    response = admin_client.get(reverse(CHANGELIST), {"settled": state})

    assert response.context["cl"].result_count == (1 if state == "open" else 0)


@pytest.mark.parametrize("state", ["waiting", "retrying", "sent", "failed"])
def test_messages_are_found_by_their_state(admin_client: Client, state: str) -> None:
    record(destination="svc-test", key="a", kind="test", payload={})
    OutboxMessage.objects.update(sent_at=timezone.now())

    response = admin_client.get(reverse("admin:events_outboxmessage_changelist"), {"state": state})

    assert response.context["cl"].result_count == (1 if state == "sent" else 0)


def test_what_was_kept_is_shown_and_can_do_no_harm(admin_client: Client) -> None:
    dead_letter = _dead_letter()

    page = admin_client.get(reverse("admin:events_deadletter_change", args=[dead_letter.pk])).content.decode()

    assert "not JSON" in page
    assert "<b>broke" not in page


def test_messages_and_events_are_shown_and_cannot_be_changed(admin_client: Client) -> None:
    message = record(destination="svc-test", key="a", kind="test", payload={"number": 17})
    event = InboxMessage.objects.create(
        event_id=message.message_id, event_type="reservation.created", topic="t", partition=0, offset=3
    )

    for row, name in ((message, "outboxmessage"), (event, "inboxmessage")):
        address = reverse(f"admin:events_{name}_change", args=[row.pk])
        assert admin_client.get(address).status_code == 200
        assert admin_client.post(address, {"topic": "other"}).status_code == 403
