"""Daily schedules read over the API: found by date and by what their departures are, and one with its tag."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from scheduling.daily_schedules.presence import announce_presence
from scheduling.domain.document import Announcement, Departure, GuideAdjustments
from scheduling.models import DailySchedule, schedule_id_of
from scheduling.publication.services import publish_departures
from tests.factories import DISPATCHER, REGION_ID, TOMORROW, DepartureFactory, GuideFactory, TripFactory, at, lead
from tests.scheduling.adjusting import enter
from tests.scheduling.writes import change, put
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

SCHEDULES = "/scheduling/v1/daily-schedules"
LATER = TOMORROW + timedelta(days=1)


def ask(client: Client, **query: object) -> HttpResponse:
    return client.get(SCHEDULES, {name: str(value) for name, value in query.items()}, headers=bearer())


def by_date(client: Client, **query: object) -> dict[str, list[str]]:
    """The departures shown, by date."""
    listed = ask(client, **query).json()["daily_schedules"]
    return {schedule["schedule_date"]: sorted(schedule["assignments"]["departures"]) for schedule in listed}


def get(client: Client, address: object = TOMORROW, **headers: str) -> HttpResponse:
    return client.get(f"{SCHEDULES}/{address}", headers=bearer() | headers)


def on(day: date, **fields: Any) -> Departure:
    return DepartureFactory(starts_at=at(9, day=day), ends_at=at(12, day=day), **fields)


def publish(day: date = TOMORROW) -> None:
    publish_departures(day, author=DISPATCHER, by_machine=False, override_warnings=True)


def test_a_date_shows_its_whole_document_with_its_revision_and_tag(client: Client) -> None:
    departure, guide = uuid4(), GuideFactory()
    put({departure: DepartureFactory(team=[lead(guide)])})
    enter({guide.id: GuideAdjustments(guide_notes="Bad knee.")})

    response = get(client)

    body = response.json()
    assert (response.status_code, response["ETag"]) == (200, '"3"')
    assert (body["schedule_id"], body["schedule_date"]) == (str(schedule_id_of(TOMORROW)), str(TOMORROW))
    assert body["assignments"] == DailySchedule.objects.get().assignments
    assert (body["_rev"], body["unpublished_changes"]) == (3, True)
    assert "published_at" not in body
    assert get(client, body["schedule_id"]).json() == body


def test_what_is_published_shows_when(client: Client) -> None:
    put({uuid4(): DepartureFactory(team=[lead(GuideFactory())])})
    publish()

    body = get(client).json()

    assert body["published_at"].endswith("Z")
    assert body["unpublished_changes"] is False


@pytest.mark.parametrize("address", [LATER, schedule_id_of(TOMORROW), uuid4(), "nonsense", "2026-02-30", "2026-1-1"])
def test_where_nothing_is_planned_there_is_no_schedule(client: Client, address: object) -> None:
    response = get(client, address)

    assert (response.status_code, response.json()["code"]) == (404, "UNKNOWN_DAILY_SCHEDULE")


@pytest.mark.parametrize("tags", ['"2"', 'W/"2"', '"1", W/"2"', "*"])
def test_who_has_the_current_revision_gets_no_body(client: Client, tags: str) -> None:
    put({uuid4(): DepartureFactory()})

    response = get(client, **{"If-None-Match": tags})

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", '"2"')


@pytest.mark.parametrize("tags", ['"1"', 'W/"22"', "2", "nonsense"])
def test_who_has_another_revision_gets_the_document(client: Client, tags: str) -> None:
    put({uuid4(): DepartureFactory()})

    assert get(client, **{"If-None-Match": tags}).status_code == 200


def test_a_head_request_gets_the_tag_alone(client: Client) -> None:
    put({uuid4(): DepartureFactory()})

    response = client.head(f"{SCHEDULES}/{TOMORROW}", headers=bearer(["scheduling:read"]))

    assert (response.status_code, response["ETag"], response.content) == (200, '"2"', b"")


def test_a_tag_of_nothing_is_not_found_either(client: Client) -> None:
    assert get(client, **{"If-None-Match": "*"}).status_code == 404


def test_answers_say_who_is_optimizing_the_date(client: Client) -> None:
    put({uuid4(): DepartureFactory()})

    with announce_presence(TOMORROW, [REGION_ID], by="nightly"):
        there = [get(client), get(client, **{"If-None-Match": "*"})]

    assert [response["X-Being-Optimized-By"] for response in there] == ["nightly", "nightly"]
    assert all(response["X-Being-Optimized-Since"].endswith("Z") for response in there)
    assert "X-Being-Optimized-By" not in get(client)


def test_reading_needs_its_scope_even_without_any_scope_claim(client: Client) -> None:
    for path in (SCHEDULES, f"{SCHEDULES}/{TOMORROW}", f"{SCHEDULES}/{TOMORROW}/publish"):
        for scopes in (None, ["scheduling:write"]):
            response = client.get(path, headers=bearer(scopes))
            assert (response.status_code, response.json()["code"]) == (403, "MISSING_SCOPE")


def test_a_kiosk_finds_a_walk_ins_departure_by_trip_and_date_with_no_guest_profile(client: Client) -> None:
    trip, matching = TripFactory(), uuid4()
    put({matching: DepartureFactory(trip_id=trip.id), uuid4(): DepartureFactory()})
    put({uuid4(): on(LATER, trip_id=trip.id)}, LATER)

    body = ask(client, trip_id=trip.id, date=TOMORROW).json()

    assert body["total_count"] == 1
    departures = body["daily_schedules"][0]["assignments"]["departures"]
    assert list(departures) == [str(matching)]
    assert departures[str(matching)]["capacity"] - departures[str(matching)]["participants"] == 4


def test_dates_are_one_a_range_or_all_up_to_one(client: Client) -> None:
    days = [TOMORROW + timedelta(days=ahead) for ahead in range(4)]
    for day in days:
        put({uuid4(): on(day)}, day)

    assert list(by_date(client)) == [str(day) for day in days]
    assert list(by_date(client, date=days[1])) == [str(days[1])]
    assert list(by_date(client, date=days[1], date_to=days[2])) == [str(days[1]), str(days[2])]
    assert list(by_date(client, date_to=days[1])) == [str(days[0]), str(days[1])]


def test_all_that_is_asked_is_asked_of_one_and_the_same_departure(client: Client) -> None:
    here, elsewhere, trail, trip = REGION_ID, uuid4(), uuid4(), uuid4()
    both, only_trip, only_trail = uuid4(), uuid4(), uuid4()
    put({both: DepartureFactory(trip_id=trip, trail_id=trail), only_trip: DepartureFactory(trip_id=trip)})
    put({only_trail: on(LATER, trail_id=trail), uuid4(): on(LATER, trip_id=trip, region_id=elsewhere)}, LATER)

    assert by_date(client, trip_id=trip, trail_id=trail) == {str(TOMORROW): [str(both)]}
    assert by_date(client, trail_id=trail) == {str(TOMORROW): [str(both)], str(LATER): [str(only_trail)]}
    assert by_date(client, trip_id=trip, region_id=here) == {str(TOMORROW): sorted([str(both), str(only_trip)])}
    assert by_date(client, trip_id=uuid4()) == {}


def test_a_guide_is_found_on_a_team_and_where_told_of_a_departure(client: Client) -> None:
    guide, announced, leads = GuideFactory(), uuid4(), uuid4()
    announcement = Announcement(guide_ids=[guide.id], starts_at=at(9))
    put({announced: DepartureFactory(published=announcement), leads: DepartureFactory(team=[lead(guide)])})
    put({uuid4(): on(LATER, team=[lead(GuideFactory())])}, LATER)

    assert by_date(client, guide_id=guide.id) == {str(TOMORROW): sorted([str(announced), str(leads)])}


def test_a_part_shows_what_the_guides_on_it_entered_and_the_documents_revision(client: Client) -> None:
    ana, ben, carl = (GuideFactory() for _ in range(3))
    put({uuid4(): DepartureFactory(team=[lead(ana), lead(ben)], trip_id=(trip := uuid4()))})
    put({uuid4(): DepartureFactory(team=[lead(carl)])})
    enter({guide.id: GuideAdjustments(guide_notes="Here.") for guide in (ana, ben, carl)})

    by_trip, by_guide = (
        ask(client, **asked).json()["daily_schedules"][0] for asked in ({"trip_id": trip}, {"guide_id": ana.id})
    )

    assert by_trip["assignments"]["guide_adjustments"].keys() == {str(ana.id), str(ben.id)}
    assert by_guide["assignments"]["guide_adjustments"].keys() == {str(ana.id)}
    assert (by_trip["_rev"], by_guide["_rev"]) == (4, 4)
    assert len(ask(client).json()["daily_schedules"][0]["assignments"]["guide_adjustments"]) == 3


def test_unpublished_changes_are_those_of_what_is_shown(client: Client) -> None:
    unchanged, changed = uuid4(), uuid4()
    put({key: DepartureFactory(team=[lead(GuideFactory())], trip_id=key) for key in (unchanged, changed)})
    publish()
    change(changed, starts_at=at(10))

    answers = [ask(client, **asked).json()["daily_schedules"][0] for asked in ({"trip_id": unchanged}, {})]

    assert [answer["unpublished_changes"] for answer in answers] == [False, True]


def test_pages_follow_one_another_by_date(client: Client) -> None:
    for ahead in range(3):
        day = TOMORROW + timedelta(days=ahead)
        put({uuid4(): on(day)}, day)

    first = ask(client, page_size=2, region_id=REGION_ID).json()
    second = ask(client, page_size=2, region_id=REGION_ID, page_token=first["next_page_token"]).json()

    assert [len(page["daily_schedules"]) for page in (first, second)] == [2, 1]
    assert [page["total_count"] for page in (first, second)] == [3, 3]
    assert "next_page_token" not in second
    assert ask(client, page_size=2, page_token=first["next_page_token"]).json()["code"] == "INVALID_PAGE_TOKEN"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"date": TOMORROW, "date_to": TOMORROW - timedelta(days=1)}, "date_to"),
        ({"date": "tomorrow"}, "date"),
        ({"trip_id": "nonsense"}, "trip_id"),
        ({"guest_id": uuid4()}, "guest_id"),
        ({"page_size": 101}, "page_size"),
    ],
)
def test_what_is_wrong_with_a_query_is_named(client: Client, query: dict[str, object], field: str) -> None:
    response = ask(client, **query)

    assert (response.status_code, response.json()["details"][0]["field"]) == (400, field)
