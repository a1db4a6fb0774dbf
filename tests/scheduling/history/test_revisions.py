"""The history of a daily schedule: changes since a revision, earlier documents, and authors."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.history.revisions import TooFarBehind, UnknownRevision, changes_since, document_at, field_lines, replay
from scheduling.models import DailySchedule, ScheduleRevision, schedule_id_of
from scheduling.publication.services import publish_departures
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory, GuideFactory, TeamMemberFactory, lead
from tests.scheduling.whole_documents import no_whole_document_is_read
from tests.scheduling.writes import change, enter, put, write_in_sql
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

SCHEDULE_ID = schedule_id_of(TOMORROW)
FIRST, SECOND = UUID(int=1), UUID(int=2)


def schedule() -> DailySchedule:
    return DailySchedule.objects.get(pk=SCHEDULE_ID)


def remove(departure_id: UUID) -> None:
    def edit(drafts: Mapping[date, Draft]) -> None:
        del drafts[TOMORROW].document.departures[departure_id]

    write_daily_schedules([TOMORROW], edit, author=DISPATCHER)


def a_busy_day() -> None:
    """Ten revisions by several writers: 1 and 2 bring a departure, 10 removes another."""
    put({FIRST: DepartureFactory(capacity=12)})
    change(FIRST, capacity=9)
    put({SECOND: DepartureFactory(team=[lead(GuideFactory())])})
    enter(FIRST, guide_notes="knee", of_theirs={"kept": None})
    publish_departures(TOMORROW, author=DISPATCHER, by_machine=False, override_warnings=True)
    change(FIRST, trail_id=uuid4(), reservations={uuid4(): 3})
    write_in_sql("{of_a_later_version}", '{"kept": null}')
    enter(FIRST, guide_notes="knee, better", max_group_size=6)
    remove(SECOND)


def test_what_changed_twice_is_told_from_first_to_last() -> None:
    put({FIRST: DepartureFactory(capacity=12)})
    change(FIRST, capacity=10)
    change(FIRST, capacity=9)

    fields = {"capacity": {"old": 12, "new": 9}}
    assert changes_since(SCHEDULE_ID, 2) == {"departures": {str(FIRST): {"fields": fields}}}


def test_what_is_as_it_was_is_not_told() -> None:
    put({FIRST: DepartureFactory(capacity=12)})
    change(FIRST, capacity=10)
    put({SECOND: DepartureFactory()})
    remove(SECOND)
    change(FIRST, capacity=12)

    assert changes_since(SCHEDULE_ID, 2) == {}
    assert changes_since(SCHEDULE_ID, 6) == {}


def test_a_departure_that_came_and_one_that_went_are_told_whole() -> None:
    put({FIRST: DepartureFactory(capacity=12)})
    put({SECOND: DepartureFactory(capacity=8)})
    change(SECOND, capacity=10)
    change(FIRST, capacity=5)
    remove(FIRST)

    changes = changes_since(SCHEDULE_ID, 2)["departures"]

    assert changes[str(SECOND)]["new"]["capacity"] == 10
    assert changes[str(FIRST)]["old"]["capacity"] == 12


def test_since_before_the_first_revision_everything_is_new() -> None:
    a_busy_day()

    changes = changes_since(SCHEDULE_ID, 0)

    assert changes["departures"][str(FIRST)]["new"] == schedule().assignments["departures"][str(FIRST)]
    assert changes["guide_adjustments"][str(FIRST)]["new"]["guide_notes"] == "knee, better"
    assert changes["published_at"].keys() == {"new"}


def test_who_is_too_far_behind_reads_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduling.history.revisions.MOST_REVISIONS", 3)
    a_busy_day()

    assert changes_since(SCHEDULE_ID, 7)
    with pytest.raises(TooFarBehind, match="read it again"):
        changes_since(SCHEDULE_ID, 6)


def test_fields_are_told_in_words() -> None:
    put({FIRST: DepartureFactory(capacity=12), SECOND: DepartureFactory()})
    change(FIRST, capacity=9, team=[TeamMemberFactory(guide_name="Ana Ruiz")])
    remove(SECOND)
    write_in_sql("{by_hand}", "1")

    assert list(field_lines(changes_since(SCHEDULE_ID, 2))) == [
        (f"assignments.departures.{FIRST}.capacity", "12 → 9"),
        (f"assignments.departures.{FIRST}.team", "nothing → Ana Ruiz (lead)"),
        (f"assignments.departures.{SECOND}", "removed"),
        ("assignments.by_hand", "nothing → 1"),
    ]


def test_what_nobody_could_have_written_on_purpose_is_told_all_the_same() -> None:
    put({FIRST: DepartureFactory()})
    write_in_sql(f"{{departures,{FIRST},team}}", '"everybody"')

    assert list(field_lines(changes_since(SCHEDULE_ID, 2))) == [
        (f"assignments.departures.{FIRST}.team", "nothing → everybody")
    ]


def test_the_history_replays_to_the_present() -> None:
    a_busy_day()

    assert replay(ScheduleRevision.objects.all()) == schedule().assignments


def test_every_revision_can_be_seen_as_it_was() -> None:
    a_busy_day()
    revisions = list(ScheduleRevision.objects.order_by("rev"))

    for number in range(1, len(revisions) + 1):
        assert document_at(schedule(), number) == replay(revisions[:number])


@pytest.mark.parametrize("rev", [0, -1, 3])
def test_a_revision_that_never_was_is_unknown(rev: int) -> None:
    put({FIRST: DepartureFactory()})

    with pytest.raises(UnknownRevision):
        document_at(schedule(), rev)


def test_what_came_meanwhile_does_not_blur_an_earlier_state() -> None:
    put({FIRST: DepartureFactory(capacity=12)})
    as_read = schedule()
    change(FIRST, capacity=9)

    assert document_at(as_read, 2) == as_read.assignments


def read(client: Client, address: object = SCHEDULE_ID, scope: str = "scheduling:read", **query: Any) -> Any:
    return client.get(f"/scheduling/v1/daily-schedules/{address}/history", query, headers=bearer([scope]))


def revisions_of(client: Client, **query: Any) -> list[int]:
    return [revision["_rev"] for revision in read(client, **query).json()["revisions"]]


def test_the_api_tells_who_changed_what_newest_first(client: Client) -> None:
    put({FIRST: DepartureFactory(capacity=12)})
    run = uuid4()
    night = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer", "night", "worker", run)
    write_daily_schedules([TOMORROW], lambda d: _resize(d[TOMORROW], 9), author=night)

    answer = read(client)

    latest = answer.json()["revisions"][0]
    assert (answer.status_code, len(answer.json()["revisions"])) == (200, 3)
    assert "next_page_token" not in answer.json()
    assert latest.pop("changed_at")
    assert latest == {
        "_rev": 3,
        "author": "optimizer",
        "kind": "nightly optimization",
        "process": "worker",
        "run_id": str(run),
        "cause": "night",
        "changes": {"departures": {str(FIRST): {"fields": {"capacity": {"old": 12, "new": 9}}}}},
    }


def _resize(draft: Draft, capacity: int) -> None:
    draft.document.departures[FIRST].capacity = capacity


def test_a_write_in_sql_is_in_the_answer_under_the_name_of_its_session(client: Client) -> None:
    put({FIRST: DepartureFactory()})
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('scheduling.author', '', true)")
    write_in_sql("{by_hand}", "1")

    revision = read(client).json()["revisions"][0]

    assert (revision["kind"], bool(revision["author"])) == ("sql", True)
    assert "process" not in revision
    assert "run_id" not in revision


def test_the_date_is_an_address_too(client: Client) -> None:
    put({FIRST: DepartureFactory()})

    assert read(client, TOMORROW).json() == read(client).json()


def test_pages_neither_repeat_nor_lose_a_revision_while_others_are_written(client: Client) -> None:
    a_busy_day()
    first = read(client, page_size=4).json()
    change(FIRST, capacity=2)

    second = read(client, page_size=4, page_token=first["next_page_token"]).json()
    last = read(client, page_size=4, page_token=second["next_page_token"]).json()

    pages = [[revision["_rev"] for revision in page["revisions"]] for page in (first, second, last)]
    assert pages == [[10, 9, 8, 7], [6, 5, 4, 3], [2, 1]]
    assert "next_page_token" not in last


def test_revisions_of_one_departure_or_of_one_guide_can_be_asked_for(client: Client) -> None:
    guide = GuideFactory()
    put({FIRST: DepartureFactory(), SECOND: DepartureFactory()})
    change(FIRST, capacity=3)
    change(SECOND, team=[lead(guide)])
    enter(guide.id, guide_notes="knee")

    assert revisions_of(client, departure_id=FIRST) == [3, 2]
    assert revisions_of(client, guide_id=guide.id) == [5, 4]
    assert revisions_of(client, departure_id=SECOND, guide_id=guide.id) == [4]


def test_the_history_of_one_departure_is_about_it_alone(client: Client) -> None:
    put({FIRST: DepartureFactory(capacity=12), SECOND: DepartureFactory()})

    def resize_both(drafts: Mapping[date, Draft]) -> None:
        for departure in drafts[TOMORROW].document.departures.values():
            departure.capacity = 9

    write_daily_schedules([TOMORROW], resize_both, author=DISPATCHER)

    with no_whole_document_is_read(at_most=2):
        latest, first = read(client, departure_id=FIRST).json()["revisions"]

    assert latest["changes"] == {"departures": {str(FIRST): {"fields": {"capacity": {"old": 12, "new": 9}}}}}
    assert first["changes"]["departures"].keys() == {str(FIRST)}


def test_all_that_the_history_has_is_shown_as_it_is_stored(client: Client) -> None:
    put({FIRST: DepartureFactory()})
    write_in_sql("{departures,nobody}", '{"trip_name": "Zürich \\u2028 \\"quoted\\" \\n", "seats": [1.50, null, true]}')
    write_in_sql("{of_a_later_version}", str(2**70))

    shown = [revision["changes"] for revision in read(client).json()["revisions"]]

    assert shown == [revision.changes for revision in ScheduleRevision.objects.order_by("-rev")]


@pytest.mark.parametrize("address", ["2027-13-01", "1", uuid4(), SCHEDULE_ID, TOMORROW])
def test_what_has_no_row_has_no_history(client: Client, address: object) -> None:
    answer = read(client, address)

    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_DAILY_SCHEDULE")


@pytest.mark.parametrize("query", [{"page_size": 0}, {"page_token": "x"}, {"guide_id": "ana"}, {"sort": "rev"}])
def test_a_malformed_query_is_400(client: Client, query: dict[str, Any]) -> None:
    put({FIRST: DepartureFactory()})

    assert read(client, **query).status_code == 400


def test_a_page_token_is_good_for_its_own_history_only(client: Client) -> None:
    put({FIRST: DepartureFactory()})
    put({SECOND: DepartureFactory()}, TOMORROW + timedelta(days=1))
    token = read(client, page_size=1).json()["next_page_token"]

    answer = read(client, TOMORROW + timedelta(days=1), page_size=1, page_token=token)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_PAGE_TOKEN")


def test_the_history_needs_a_scope_to_read(client: Client) -> None:
    put({FIRST: DepartureFactory()})

    assert read(client, scope="scheduling:write").status_code == 403


@pytest.mark.parametrize("query", [{}, {"page_size": 3, "departure_id": FIRST}])
def test_a_page_of_the_history_is_two_queries(
    client: Client, query: dict[str, Any], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    a_busy_day()

    with django_assert_max_num_queries(2):
        assert read(client, **query).status_code == 200
