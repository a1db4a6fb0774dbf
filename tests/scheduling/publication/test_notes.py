"""A guide's note for a published departure reaches whoever publishes: preview, approval and a conflict."""

from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from conflicts.models import ScheduleConflict
from events.models import OutboxMessage
from scheduling.domain.document import AssignmentStatus, DepartureStatus, TeamMember
from scheduling.models import ScheduleRevision
from scheduling.patches.ownership import Owner
from scheduling.patches.services import patch_daily_schedule
from tests.factories import TOMORROW, DepartureFactory, GuideFactory, TeamMemberFactory, facts_of, lead
from tests.scheduling.patches.calls import change, enter
from tests.scheduling.writes import OWNER, put, stored
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

DENVER = timezone(timedelta(hours=-7))
DAYS = [TOMORROW + timedelta(days=n) for n in range(5)]


def leaving(guide: TeamMember, day: date = TOMORROW, *, days: int = 1) -> UUID:
    """A draft that leaves at 18:00 by the clocks of Denver, when it is the next date in UTC, for some days."""
    key, starts_at = uuid4(), datetime.combine(day, time(18), DENVER)
    ends_at = starts_at + timedelta(days=days - 1, hours=3)
    put({key: DepartureFactory(team=[guide], starts_at=starts_at, ends_at=ends_at, region_id=uuid4())}, day)
    return key


def publish(client: Client, day: date = TOMORROW) -> None:
    """Publish what no sibling knows."""
    answer = client.post(
        f"/scheduling/v1/daily-schedules/{day}/publish",
        {"override_warnings": True},
        content_type="application/json",
        headers=bearer(["scheduling:publish", "scheduling:override"]),
    )
    assert answer.status_code == 200, answer.content


def preview(client: Client, day: date = TOMORROW) -> Any:
    return client.get(f"/scheduling/v1/daily-schedules/{day}/publish", headers=bearer(["scheduling:read"])).json()


def note(client: Client, guide: TeamMember, text: str | None, day: date = TOMORROW, **entry: Any) -> None:
    answer = enter(client, guide.guide_id, {"guide_notes": text, **entry}, day=day)
    assert answer.status_code == 200, answer.content


def conflicts(client: Client, day: date = TOMORROW) -> list[dict[str, Any]]:
    """The open conflicts of a date that are about notes."""
    causes = {str(row.pk): row.details["cause"] for row in ScheduleConflict.objects.all()}
    answer = client.get("/scheduling/v1/schedule-conflicts", {"date": day}, headers=bearer(["scheduling:read"]))
    return [found for found in answer.json()["conflicts"] if causes[found["id"]] == "GUIDE_NOTE"]


def status(key: UUID, day: date = TOMORROW) -> str:
    (member,) = stored(day)[key].team
    return member.assignment_status.value


@pytest.fixture
def ana() -> TeamMember:
    return TeamMemberFactory(guide_name="Ana", assignment_status=AssignmentStatus.TENTATIVE)


@pytest.fixture
def ben() -> TeamMember:
    return TeamMemberFactory(guide_name="Ben", assignment_status=AssignmentStatus.TENTATIVE)


@pytest.fixture
def departures(client: Client, ana: TeamMember, ben: TeamMember) -> tuple[UUID, UUID]:
    """Two published departures, led by Ana and by Ben."""
    keys = leaving(ana), leaving(ben)
    publish(client)
    OutboxMessage.objects.all().delete()
    return keys


def test_a_note_takes_back_the_confirmation_of_its_guide_and_of_no_other(
    client: Client, ana: TeamMember, departures: tuple[UUID, UUID]
) -> None:
    of_ana, of_ben = departures
    absence = {"from": str(TOMORROW), "to": str(TOMORROW), "reason": "dentist"}

    note(client, ana, "my knee hurts", availability_exceptions=[absence])

    assert (status(of_ana), status(of_ben)) == ("PENDING_APPROVAL", "CONFIRMED")
    shown = preview(client)
    assert shown["awaiting_approval"] == [str(of_ana)]
    (difference,) = shown["departures"]
    assert any("left a note" in reason for reason in difference["to_approve"])
    assert "knee" not in str(shown)
    (conflict,) = conflicts(client)
    assert (conflict["type"], conflict["severity"]) == ("GUIDE_DOUBLE_BOOKED", "LOW")
    assert (conflict["departure_ids"], conflict["affected_guide_ids"]) == ([str(of_ana)], [str(ana.guide_id)])
    assert "knee" not in conflict["description"]
    latest = ScheduleRevision.objects.order_by("-id")[0]
    assert latest.author == "svc-guide-management"
    assert "team" in latest.changes["departures"][str(of_ana)]["fields"]


def test_publishing_again_approves_the_note_as_it_is_then_and_tells_nobody(
    client: Client, ana: TeamMember, departures: tuple[UUID, UUID]
) -> None:
    of_ana, _ = departures
    note(client, ana, "my knee hurts")

    publish(client)

    assert status(of_ana) == "CONFIRMED"
    assert not conflicts(client)
    assert not OutboxMessage.objects.filter(destination="svc-notifications").exists()

    note(client, ana, "my knee hurts", guide_preferences={"pace": "slow"})
    note(client, ana, None)
    note(client, ana, "my knee hurts")
    assert (status(of_ana), conflicts(client)) == ("CONFIRMED", [])

    note(client, ana, "my knee hurts, badly")
    assert status(of_ana) == "PENDING_APPROVAL"
    assert len(conflicts(client)) == 1


def test_a_note_that_is_withdrawn_gives_the_confirmation_back(
    client: Client, ana: TeamMember, departures: tuple[UUID, UUID]
) -> None:
    of_ana, of_ben = departures
    note(client, ana, "my knee hurts")
    assert status(of_ana) == "PENDING_APPROVAL"

    note(client, ana, "  ")

    assert (status(of_ana), status(of_ben)) == ("CONFIRMED", "CONFIRMED")
    assert not conflicts(client)
    assert preview(client)["departures"] == []


def test_a_note_for_a_later_day_of_a_trip_reaches_the_date_on_which_it_begins(
    client: Client, ana: TeamMember, ben: TeamMember
) -> None:
    long, other = leaving(ana, days=3), leaving(ben, days=3)
    next_day, after = leaving(ben, DAYS[3]), leaving(ana, DAYS[4])
    for day in (DAYS[0], DAYS[3], DAYS[4]):
        publish(client, day)

    note(client, ana, "not before noon", DAYS[3])
    assert status(long) == "CONFIRMED"
    note(client, ana, "not before noon", DAYS[2])

    assert (status(long), status(other)) == ("PENDING_APPROVAL", "CONFIRMED")
    assert (status(next_day, DAYS[3]), status(after, DAYS[4])) == ("CONFIRMED", "CONFIRMED")
    assert preview(client)["awaiting_approval"] == [str(long)]
    assert [found["departure_ids"] for found in conflicts(client)] == [[str(long)]]
    latest = ScheduleRevision.objects.filter(changes__departures__has_key=str(long)).order_by("-id")[0]
    assert latest.author == "svc-guide-management"

    note(client, ana, None, DAYS[2])
    assert (status(long), conflicts(client)) == ("CONFIRMED", [])


def test_the_conflict_can_be_accepted_and_the_approval_is_still_due(
    client: Client, ana: TeamMember, departures: tuple[UUID, UUID]
) -> None:
    of_ana, _ = departures
    note(client, ana, "my knee hurts")
    (conflict,) = conflicts(client)
    accept = next(option for option in conflict["resolution_options"] if option["strategy"] == "ACCEPT_RISK")

    answer = client.post(
        "/scheduling/v1/schedule-conflicts/resolve",
        {"conflict_id": conflict["id"], "selected_resolution_id": accept["id"], "operator_notes": "called her"},
        content_type="application/json",
        headers=bearer(["scheduling:resolve"]),
    )
    note(client, ana, "my knee hurts", guide_preferences={"pace": "slow"})

    assert answer.status_code == 200, answer.content
    assert not conflicts(client)
    assert status(of_ana) == "PENDING_APPROVAL"


def test_drafts_and_parties_under_way_hear_of_no_note(client: Client, ana: TeamMember, ben: TeamMember) -> None:
    draft, under_way = leaving(ana), leaving(ben)
    publish(client)
    put({under_way: stored()[under_way].model_copy(update={"status": DepartureStatus.IN_PROGRESS})})
    put({draft: stored()[draft].model_copy(update={"status": DepartureStatus.DRAFT, "team": [ana]})})

    note(client, ana, "my knee hurts")
    note(client, ben, "my knee hurts")

    assert (status(draft), status(under_way)) == ("TENTATIVE", "CONFIRMED")
    assert not conflicts(client)


def test_a_note_that_comes_with_an_absence_is_no_plan_to_refuse(client: Client) -> None:
    guide = GuideFactory()
    key = leaving(lead(guide))
    publish(client)
    entry = {"guide_notes": "flu", "availability_exceptions": [{"from": str(TOMORROW), "to": str(TOMORROW)}]}
    patch = {"guide_adjustments": {str(guide.id): entry}}

    owners = frozenset({Owner.GUIDE_MANAGEMENT})
    patch_daily_schedule(TOMORROW, patch, author=OWNER, owners=owners, facts=facts_of(guides=[guide]))

    assert status(key) == "PENDING_APPROVAL"


def test_a_dispatcher_sends_a_team_back_as_it_was_read_and_approves_nothing(
    client: Client, ana: TeamMember, departures: tuple[UUID, UUID]
) -> None:
    of_ana, _ = departures
    note(client, ana, "my knee hurts")
    document = client.get(f"/scheduling/v1/daily-schedules/{TOMORROW}", headers=bearer(["scheduling:read"])).json()
    team = document["assignments"]["departures"][str(of_ana)]["team"]
    before = stored()[of_ana]

    answer: HttpResponse = change(client, of_ana, {"team": team})

    assert answer.status_code == 200, answer.content
    assert stored()[of_ana] == before
