"""Publishing over the API: seen first, then done."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from events.models import OutboxMessage
from scheduling.daily_schedules.presence import announce_presence
from scheduling.domain.document import Announcement, AssignmentStatus, DepartureStatus
from scheduling.models import DailySchedule, ScheduleRevision, schedule_id_of
from tests.factories import REGION_ID, TOMORROW, DepartureFactory, GuideFactory, TeamMemberFactory, at, lead
from tests.scheduling.writes import change, put, stored
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

PUBLISH = f"/scheduling/v1/daily-schedules/{TOMORROW}/publish"


def publish(
    client: Client, body: Any = None, *, scopes: Any = ("scheduling:publish", "scheduling:override"), **headers: str
) -> HttpResponse:
    """Publish what nobody can judge: the guides and trips of these tests are no sibling's."""
    sent = {} if body is None else body
    if isinstance(sent, dict):
        sent = {"override_warnings": True} | sent
    return client.post(PUBLISH, sent, content_type="application/json", headers=bearer(scopes) | headers)


def preview(client: Client, **query: object) -> Any:
    answer = client.get(PUBLISH, query, headers=bearer(["scheduling:read"]))
    assert answer.status_code == 200, answer.content
    return answer.json()


def led(guide: Any = None, **fields: Any) -> Any:
    return DepartureFactory(team=[lead(guide or GuideFactory())], **fields)


def statuses(*departures: UUID) -> list[str]:
    return [stored()[key].status.value for key in departures]


def test_everything_of_a_date_is_published_and_the_answer_is_the_schedule_as_it_is_now(client: Client) -> None:
    departure = uuid4()
    put({departure: led()})

    response = publish(client)

    shown = response.json()
    assert (response.status_code, response["ETag"], shown["_rev"]) == (200, '"3"', 3)
    assert shown["assignments"]["departures"][str(departure)]["status"] == "PUBLISHED"
    assert shown["published_at"]
    assert shown["unpublished_changes"] is False
    assert shown["assignments"] == DailySchedule.objects.get().assignments


def test_whoever_published_is_in_the_history(client: Client) -> None:
    put({uuid4(): led()})

    publish(client)

    revision = ScheduleRevision.objects.order_by("-rev")[0]
    assert (revision.kind, revision.author) == ("dispatcher", "ana")
    assert revision.cause == "published over the API, overriding warnings"


def test_a_region_or_some_departures_are_published_alone(client: Client) -> None:
    here, there, chosen = (uuid4() for _ in range(3))
    elsewhere = uuid4()
    put({here: led(), there: led(region_id=elsewhere), chosen: led(region_id=elsewhere)})

    publish(client, {"region_id": str(REGION_ID)})
    publish(client, {"departure_ids": [str(chosen)]})

    assert statuses(here, there, chosen) == ["PUBLISHED", "DRAFT", "PUBLISHED"]


def test_publishing_twice_writes_once(client: Client) -> None:
    put({uuid4(): led()})

    answers = [publish(client).json()["_rev"] for _ in range(2)]

    assert answers == [3, 3]
    assert OutboxMessage.objects.filter(destination="svc-notifications").count() == 1


def test_with_the_scope_publishing_is_the_approval(client: Client) -> None:
    waiting = TeamMemberFactory(assignment_status=AssignmentStatus.PENDING_APPROVAL)
    departure = uuid4()
    put({departure: DepartureFactory(team=[waiting])})

    assert publish(client).status_code == 200

    assert not stored()[departure].needs_approval


@pytest.mark.parametrize("scopes", [None, ["scheduling:read", "scheduling:write"]])
def test_without_the_scope_nothing_is_published(client: Client, scopes: Any) -> None:
    departure = uuid4()
    put({departure: led()})

    response = publish(client, scopes=scopes)

    assert (response.status_code, response.json()["code"]) == (403, "MISSING_SCOPE")
    assert statuses(departure) == ["DRAFT"]


def test_a_stale_revision_is_409_in_the_body_and_412_in_if_match(client: Client) -> None:
    departure = uuid4()
    put({departure: led()})
    change(departure, capacity=9)

    in_body, in_header = publish(client, {"_rev": 2}), publish(client, **{"If-Match": '"2"'})

    assert (in_body.status_code, in_body.json()["code"], in_body.json()["_rev"]) == (409, "STALE_REVISION", 3)
    assert (in_header.status_code, in_header.json()["code"], in_header.json()["_rev"]) == (
        412,
        "PRECONDITION_FAILED",
        3,
    )
    changed = f"assignments.departures.{departure}.capacity"
    assert changed in {problem["field"] for problem in in_body.json()["details"]}
    assert statuses(departure) == ["DRAFT"]


@pytest.mark.parametrize(("body", "headers"), [({"_rev": 2}, {}), ({}, {"If-Match": '"2"'}), ({}, {"If-Match": "*"})])
def test_the_current_revision_is_published(client: Client, body: Any, headers: dict[str, str]) -> None:
    put({uuid4(): led()})

    assert publish(client, body, **headers).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"departures": []}, "departures"),
        ({"departure_ids": []}, "departure_ids"),
        ({"departure_ids": ["nonsense"]}, "departure_ids[0]"),
        ({"_rev": 0}, "_rev"),
        ({"_rev": None}, "_rev"),
        ({"region_id": 1}, "region_id"),
    ],
)
def test_what_is_wrong_with_a_body_is_named(client: Client, body: Any, field: str) -> None:
    response = publish(client, body)

    assert (response.status_code, response.json()["details"][0]["field"]) == (400, field)


def test_what_is_not_there_cannot_be_published(client: Client) -> None:
    assert publish(client).json()["code"] == "UNKNOWN_DAILY_SCHEDULE"
    put({uuid4(): led()})

    response = publish(client, {"departure_ids": [str(uuid4())]})

    assert (response.status_code, response.json()["code"]) == (404, "UNKNOWN_DEPARTURE")


def test_the_answer_says_who_is_optimizing_the_date(client: Client) -> None:
    put({uuid4(): led()})

    with announce_presence(TOMORROW, [], by="ben"):
        assert publish(client)["X-Being-Optimized-By"] == "ben"


def test_a_preview_tells_what_differs_and_whom_it_touches(client: Client) -> None:
    ana, ben = GuideFactory(name="Ana"), GuideFactory(name="Ben")
    moved, unstaffed, same = uuid4(), uuid4(), uuid4()
    put({moved: led(ana), same: led(starts_at=at(14), ends_at=at(15))})
    publish(client)
    put({unstaffed: DepartureFactory()})
    change(moved, team=[lead(ben)])

    shown = preview(client)

    assert (shown["schedule_id"], shown["schedule_date"]) == (str(schedule_id_of(TOMORROW)), str(TOMORROW))
    assert shown["_rev"] == 5
    (difference,) = shown["departures"]
    assert (difference["departure_id"], difference["status"]) == (str(moved), "PUBLISHED")
    assert difference["last_told"]["guide_ids"] == [str(ana.id)]
    assert difference["would_tell"]["guide_ids"] == [str(ben.id)]
    assert {(n["guide_id"], n["kind"]) for n in shown["notices"]} == {
        (str(ana.id), "released"),
        (str(ben.id), "assigned"),
    }
    assert {n["text"] for n in shown["notices"]} == {f"Sunrise hike, {TOMORROW} 09:00"}
    assert shown["unstaffed"] == [str(unstaffed)]
    assert shown["awaiting_approval"] == []


def test_another_end_alone_differs_from_what_was_told(client: Client) -> None:
    departure = uuid4()
    put({departure: led()})
    before = publish(client).json()["assignments"]["departures"][str(departure)]
    change(departure, ends_at=at(13))
    after = client.get(f"/scheduling/v1/daily-schedules/{TOMORROW}", headers=bearer(["scheduling:read"])).json()

    shown = preview(client)

    assert after["unpublished_changes"] is True
    (difference,) = shown["departures"]
    assert difference["last_told"]["ends_at"] == before["ends_at"]
    assert difference["would_tell"]["ends_at"] == f"{TOMORROW}T13:00:00Z"
    assert [notice["kind"] for notice in shown["notices"]] == ["rescheduled"]


def test_a_schedule_told_before_ends_were_recorded_has_no_unpublished_changes(client: Client) -> None:
    guide = GuideFactory()
    put({uuid4(): led(guide, published=Announcement(guide_ids=[guide.id], starts_at=at(9)))})

    shown = client.get(f"/scheduling/v1/daily-schedules/{TOMORROW}", headers=bearer(["scheduling:read"])).json()

    assert shown["unpublished_changes"] is False


def test_a_departure_reinstated_without_a_team_waits_for_one(client: Client) -> None:
    departure = uuid4()
    put({departure: led()})
    publish(client)
    change(departure, status=DepartureStatus.CANCELLED)
    publish(client)
    change(departure, status=DepartureStatus.DRAFT, team=[])

    shown, response = preview(client), publish(client)

    assert (shown["departures"], shown["unstaffed"]) == ([], [str(departure)])
    assert (response.status_code, statuses(departure)) == (200, ["DRAFT"])


def test_a_preview_publishes_nothing_and_its_revision_can_be_published(client: Client) -> None:
    waiting, departure = TeamMemberFactory(assignment_status=AssignmentStatus.PENDING_APPROVAL), uuid4()
    put({departure: DepartureFactory(team=[waiting])})

    shown = preview(client, departure_ids=departure)

    assert shown["awaiting_approval"] == [str(departure)]
    assert "last_told" not in shown["departures"][0]
    assert stored()[departure].status is DepartureStatus.DRAFT
    assert publish(client, {"_rev": shown["_rev"]}).status_code == 200


def test_a_preview_of_nothing_is_not_found_and_of_nonsense_refused(client: Client) -> None:
    reading = {"headers": bearer(["scheduling:read"])}
    assert client.get(PUBLISH, **reading).status_code == 404
    put({uuid4(): led()})

    assert client.get(PUBLISH, {"departure_ids": uuid4()}, **reading).status_code == 404
    assert client.get(PUBLISH, {"departure_ids": "x"}, **reading).status_code == 400
