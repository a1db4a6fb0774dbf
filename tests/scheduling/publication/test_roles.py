"""Who leads a departure is announced as well: guides who change places are told, and others are not."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from icalendar import Calendar

from events.models import OutboxMessage
from scheduling.calendars.tokens import issue_calendar_token
from scheduling.domain.document import Announcement, DepartureStatus, Role, TeamMember
from scheduling.outbox_deliveries import deliver_now
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.scheduling.writes import change, put, stored
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

PUBLISH = f"/scheduling/v1/daily-schedules/{TOMORROW}/publish"


def team_of(lead: TeamMember, *assistants: TeamMember) -> list[TeamMember]:
    others = [member.model_copy(update={"role": Role.ASSISTANT}) for member in assistants]
    return [lead.model_copy(update={"role": Role.LEAD}), *others]


def publish(client: Client) -> None:
    body = {"override_warnings": True}
    answer = client.post(
        PUBLISH, body, content_type="application/json", headers=bearer(["scheduling:publish", "scheduling:override"])
    )
    assert answer.status_code == 200, answer.content


def preview(client: Client) -> Any:
    return client.get(PUBLISH, headers=bearer(["scheduling:read"])).json()


def notices() -> list[tuple[str, str, str | None]]:
    """The notices since the last call: kind, guide, roles."""
    messages = OutboxMessage.objects.filter(destination="svc-notifications", kind__startswith="guide.")
    roles = [(m.kind, m.key, m.payload["body"]["variables"].get("roles")) for m in messages.order_by("kind", "key")]
    messages.delete()
    return roles


def role_in_calendar(client: Client, guide: TeamMember) -> str:
    issued = issue_calendar_token(guide.guide_id, guide_name=guide.guide_name, by="ana")
    (event,) = Calendar.from_ical(client.get(issued.path).content).walk("VEVENT")
    return next(line for line in str(event["DESCRIPTION"]).splitlines() if line.startswith("Role"))


@pytest.fixture
def published(client: Client) -> tuple[UUID, list[TeamMember]]:
    """A departure that was announced with Ana in the lead, and Ben and Cem as assistants."""
    key, team = uuid4(), team_of(*(TeamMemberFactory(guide_name=name) for name in ("Ana", "Ben", "Cem")))
    put({key: DepartureFactory(team=team), uuid4(): DepartureFactory(team=[TeamMemberFactory()])})
    publish(client)
    notices()
    return key, team


def test_guides_who_change_places_are_an_unpublished_change_that_is_told_once(
    client: Client, published: tuple[UUID, list[TeamMember]]
) -> None:
    key, (ana, ben, cem) = published

    change(key, team=team_of(ben, ana, cem))

    shown = client.get(f"/scheduling/v1/daily-schedules/{TOMORROW}", headers=bearer()).json()
    assert shown["unpublished_changes"] is True
    (difference,) = preview(client)["departures"]
    assert difference["last_told"]["lead_id"] == str(ana.guide_id)
    assert difference["would_tell"]["lead_id"] == str(ben.guide_id)
    assert role_in_calendar(client, ana) == "Role: lead"
    assert role_in_calendar(client, ben) == "Role: assistant"

    publish(client)

    assert sorted(notices()) == sorted(
        [
            ("guide.role_changed", str(ana.guide_id), "assistant"),
            ("guide.role_changed", str(ben.guide_id), "lead"),
        ]
    )
    assert OutboxMessage.objects.filter(destination="kafka").count() == 2
    assert role_in_calendar(client, ana) == "Role: assistant"
    assert role_in_calendar(client, ben) == "Role: lead"
    publish(client)
    assert notices() == []


def test_a_new_lead_tells_the_assistant_who_was_lead_before(
    client: Client, published: tuple[UUID, list[TeamMember]]
) -> None:
    key, (ana, ben, _) = published
    dan = TeamMemberFactory(guide_name="Dan")

    change(key, team=team_of(dan, ana, ben))
    publish(client)

    kinds = {guide: kind for kind, guide, _ in notices()}
    assert kinds[str(ana.guide_id)] == "guide.role_changed"
    assert kinds[str(dan.guide_id)] == "guide.assigned"
    assert str(ben.guide_id) not in kinds


def test_what_was_announced_before_there_were_roles_differs_from_no_plan(client: Client) -> None:
    key, (ana, ben) = uuid4(), team_of(TeamMemberFactory(), TeamMemberFactory())
    departure = DepartureFactory(team=[ana, ben], status=DepartureStatus.PUBLISHED)
    announced = Announcement(
        guide_ids=[ana.guide_id, ben.guide_id], starts_at=departure.starts_at, ends_at=departure.ends_at
    )
    put({key: departure.model_copy(update={"published": announced})})

    change(key, team=team_of(ben, ana))

    assert not stored()[key].has_unpublished_changes
    assert preview(client)["departures"] == []
    assert role_in_calendar(client, ben) == "Role: lead"


def test_svc_notifications_knows_the_notice(
    client: Client, published: tuple[UUID, list[TeamMember]], siblings: SimulatedSiblings
) -> None:
    key, (ana, ben, cem) = published
    change(key, team=team_of(cem, ben, ana))
    publish(client)

    for message in OutboxMessage.objects.filter(kind="guide.role_changed"):
        deliver_now(message.destination, message.payload, key=str(message.message_id), deadline_seconds=10)

    assert len(siblings.received("svc-notifications")) == 2
