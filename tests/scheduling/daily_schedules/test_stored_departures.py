"""A write reads the departures that it names, and others when somebody looks at them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import Draft, read_drafts
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Candidates, Trait
from scheduling.errors import StaleRevision
from scheduling.models import DailySchedule, ScheduleRevision
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory, GuideFactory, facts_of, lead
from tests.scheduling.writes import put, stored, write_in_sql
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

FIRST, SECOND, NEW = (UUID(int=number) for number in (1, 2, 3))
# The locked row alone, for nothing of it depends on facts; the settings, the edits and the update, what others follow,
# the conflicts around it, the answer, and the two of the transaction.
STATEMENTS = 14
API = f"/scheduling/v1/daily-schedules/{TOMORROW}"


@pytest.fixture(autouse=True)
def two_departures() -> None:
    put({FIRST: DepartureFactory(capacity=8), SECOND: DepartureFactory(capacity=9)})


def write(edit: Any, *departures: UUID) -> Mapping[date, Change]:
    """Write tomorrow, with these departures alone read at first."""
    return write_daily_schedules([TOMORROW], edit, author=DISPATCHER, departures=departures)


def resize(drafts: Mapping[date, Draft]) -> None:
    drafts[TOMORROW].document.departures[FIRST].capacity = 5


def test_nothing_is_read_beside_what_the_write_names() -> None:
    changes = write(resize, FIRST)

    assert changes[TOMORROW].departure_ids == {FIRST}
    assert changes[TOMORROW].after.departures.looked_at == {FIRST}
    assert changes[TOMORROW].before.departures.looked_at == {FIRST}
    assert (stored()[FIRST].capacity, stored()[SECOND].capacity) == (5, 9)


def test_whether_all_were_looked_at_is_told_without_reading_the_others(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    departures = read_drafts([TOMORROW], departures=[FIRST])[TOMORROW].document.departures
    whole = read_drafts([TOMORROW])[TOMORROW].document.departures

    with django_assert_num_queries(0):
        assert departures[FIRST].capacity == 8
        assert not departures.are_all_looked_at
        assert not whole.are_all_looked_at
    assert len(departures) == len(whole) == 2
    assert departures.are_all_looked_at
    assert whole.are_all_looked_at


def test_who_has_written_reads_what_he_has_written_or_that_it_was_written_over() -> None:
    def enlarge(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.departures[FIRST].capacity = 9

    own, first = write(resize, FIRST)[TOMORROW].schedule, write(enlarge, FIRST)[TOMORROW].schedule
    assert first.assignments["departures"][str(FIRST)]["capacity"] == 9
    write(resize, FIRST)

    with pytest.raises(StaleRevision, match=f"at revision {first.rev + 1}, the change was made on {own.rev}"):
        _ = own.document
    assert first.document.departures[FIRST].capacity == 9
    first.refresh_from_db()
    assert (first.rev, first.document.departures[FIRST].capacity) == (own.rev + 2, 5)


def test_a_write_of_one_field_asks_as_often_however_many_departures_there_are(
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    def patch(capacity: int) -> None:
        body = {"assignments": {"departures": {f"{FIRST}": {"capacity": capacity}}}}
        answer = client.patch(API, body, content_type="application/json", headers=bearer())
        assert answer.json()["assignments"]["departures"][f"{FIRST}"]["capacity"] == capacity

    patch(10)
    with django_assert_max_num_queries(STATEMENTS) as few:
        patch(11)
    put({uuid4(): DepartureFactory() for _ in range(20)})
    with django_assert_num_queries(len(few)):
        patch(12)


def test_others_are_there_for_whoever_looks() -> None:
    def move_all(drafts: Mapping[date, Draft]) -> None:
        departures = drafts[TOMORROW].document.departures
        departures[FIRST].capacity = 5
        for departure in departures.values():
            departure.capacity += 1
        departures[NEW] = DepartureFactory(capacity=3)

    write(move_all, FIRST, NEW)

    assert {key: departure.capacity for key, departure in stored().items()} == {FIRST: 6, SECOND: 10, NEW: 3}


def test_what_the_row_lacks_is_not_there() -> None:
    document = read_drafts([TOMORROW], departures=[FIRST, NEW])[TOMORROW].document

    assert NEW not in document.departures
    assert list(document.departures) == [FIRST, SECOND]
    assert document.write() == DailySchedule.objects.get().assignments


def test_members_that_nobody_knows_and_odd_spellings_stay() -> None:
    odd = UUID("abcdef00-0000-4000-8000-00000000000a")
    raw = DepartureFactory(capacity=4).model_dump_json()
    write_in_sql("{of_a_later_version}", "[1, 2]")
    write_in_sql(f"{{departures,{str(odd).upper()}}}", raw)

    def resize_odd(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.departures[odd].capacity = 7

    write(resize_odd, odd)

    document = DailySchedule.objects.get().assignments
    assert document["departures"][str(odd).upper()]["capacity"] == 7
    assert document["of_a_later_version"] == [1, 2]


def test_one_that_cannot_be_read_is_written_over_by_nobody() -> None:
    write_in_sql(f"{{departures,{SECOND},team}}", '"nobody"')
    before = DailySchedule.objects.get().assignments

    write(resize, FIRST, SECOND)

    after = DailySchedule.objects.get().assignments
    assert after["departures"][f"{SECOND}"] == before["departures"][f"{SECOND}"]
    assert ScheduleRevision.objects.latest("rev").changes["departures"].keys() == {f"{FIRST}"}


def test_the_departures_of_guides_and_camps_are_found_without_the_others() -> None:
    guide, camp = GuideFactory(), uuid4()
    led, odd = UUID(int=4), UUID(int=5)
    put({led: DepartureFactory(team=[lead(guide)]), NEW: DepartureFactory(location_id=camp)})
    shouting = DepartureFactory(team=[lead(guide)]).model_dump(mode="json")
    shouting["team"][0]["guide_id"] = str(guide.id).upper()
    write_in_sql(f"{{departures,{odd}}}", json.dumps(shouting))
    write_in_sql(f"{{departures,{SECOND},team}}", '"nobody"')
    draft = read_drafts([TOMORROW], departures=[FIRST])[TOMORROW]
    document, whole = draft.document, DailySchedule.objects.get().document

    document.departures[FIRST].location_id = camp

    assert list(document.departures_of([guide.id])) == list(whole.departures_of([guide.id])) == [led, odd]
    assert document.departures_from(camp).keys() == {FIRST, NEW}
    assert document.departures.looked_at == {FIRST, NEW, led, odd}
    assert not draft.has_all_departures
    region = whole.departures[FIRST].region_id
    assert list(document.departures_in([region])) == list(whole.departures_in([region])) == [FIRST, NEW, led, odd]


def test_candidates_are_read_with_the_row_and_looked_for_no_more(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    here, camp, odd = uuid4(), uuid4(), UUID("abcdef00-0000-4000-8000-00000000000a")
    put({UUID(int=4): DepartureFactory(region_id=here), UUID(int=5): DepartureFactory(location_id=camp)})
    write_in_sql(f"{{departures,{str(odd).upper()}}}", DepartureFactory().model_dump_json())
    write_in_sql(f"{{departures,{SECOND},region_id}}", f'"{here.hex.upper()}"')
    candidates = [Candidates.of(Trait.REGION, [here]), Candidates.of(Trait.CAMP, [camp])]

    with django_assert_num_queries(1):
        document = read_drafts([TOMORROW], departures=[NEW, odd], candidates=candidates)[TOMORROW].document
        assert list(document.departures_in([here])) == [SECOND, UUID(int=4)]
        assert document.departures_from(camp).keys() == {UUID(int=5)}
        assert odd in document.departures
        document.departures[NEW] = DepartureFactory(location_id=camp)
        assert document.departures_from(camp).keys() == {UUID(int=5), NEW}

    assert document.departures.keys() == {FIRST, SECOND, NEW, odd, UUID(int=4), UUID(int=5)}


def test_guides_are_renamed_on_what_the_write_is_about() -> None:
    here, guide = uuid4(), GuideFactory(name="Ana Lee")
    of_old = [lead(replace(guide, name="Ana Ray"))]
    put({FIRST: DepartureFactory(region_id=here, team=of_old), SECOND: DepartureFactory(team=of_old)})

    write_daily_schedules(
        [TOMORROW],
        lambda _: None,
        author=DISPATCHER,
        facts=facts_of(guides=[guide]),
        departures=(),
        candidates=[Candidates.of(Trait.REGION, [here])],
    )

    assert {key: departure.team[0].guide_name for key, departure in stored().items()} == {
        FIRST: "Ana Lee",
        SECOND: "Ana Ray",
    }
