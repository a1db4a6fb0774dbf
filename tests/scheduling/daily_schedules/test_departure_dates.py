"""One date for each departure, whoever writes: our own code, two writers at once, and SQL by hand."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib import import_module
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection

from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.errors import DepartureElsewhere
from scheduling.models import DailySchedule, DepartureDate, GuideCommitment, schedule_id_of
from scheduling.models.triggers import MAINTENANCE, PRINCIPAL
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory, GuideFactory, at, lead
from tests.scheduling.daily_schedules.edits import NEXT_DAY
from tests.scheduling.writes import put, stored, write_in_sql


def on_next_day(**fields: object) -> Departure:
    return DepartureFactory.build(starts_at=at(9, day=NEXT_DAY), ends_at=at(12, day=NEXT_DAY), **fields)


@pytest.mark.django_db
def test_the_date_of_a_departure_is_that_of_its_document() -> None:
    first, second = uuid4(), uuid4()

    put({first: DepartureFactory()})
    put({second: on_next_day()}, NEXT_DAY)

    assert dates_of([first, second, uuid4()]) == {first: TOMORROW, second: NEXT_DAY}


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "target"), [(TOMORROW, NEXT_DAY), (NEXT_DAY, TOMORROW)])
def test_a_departure_moves_between_two_dates_in_one_write(origin: date, target: date) -> None:
    key = uuid4()
    put({key: DepartureFactory()}, origin)

    def move(drafts: Mapping[date, Draft]) -> None:
        drafts[target].document.departures[key] = drafts[origin].document.departures.pop(key)

    write_daily_schedules([origin, target], move, author=DISPATCHER)

    assert dates_of([key]) == {key: target}


@pytest.mark.django_db
def test_a_departure_is_not_put_on_a_second_date() -> None:
    key = uuid4()
    put({key: DepartureFactory()})

    with pytest.raises(DepartureElsewhere) as refused:
        put({key: on_next_day()}, NEXT_DAY)

    assert refused.value.dates == {key: TOMORROW}
    assert not DailySchedule.objects.filter(schedule_date=NEXT_DAY).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_who_add_a_departure_on_two_dates_one_wins() -> None:
    key, together = uuid4(), threading.Barrier(2)
    put({uuid4(): DepartureFactory()})
    put({uuid4(): on_next_day()}, NEXT_DAY)

    def add(day: date) -> str:
        together.wait(timeout=30)
        try:
            put({key: DepartureFactory()}, day)
        except DepartureElsewhere as refused:
            return refused.code
        finally:
            connection.close()
        return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(add, (TOMORROW, NEXT_DAY))) == ["DEPARTURE_ON_ANOTHER_DATE", "won"]
    assert DepartureDate.objects.filter(departure_id=key).count() == 1
    assert sum(key in stored(day) for day in (TOMORROW, NEXT_DAY)) == 1


@pytest.mark.django_db(transaction=True)
def test_sql_by_hand_cannot_put_a_departure_on_a_second_date() -> None:
    key = uuid4()
    put({key: DepartureFactory()})
    put({uuid4(): on_next_day()}, NEXT_DAY)

    with pytest.raises(IntegrityError, match="departure_dates_one_each"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scheduling.daily_schedules SET _rev = _rev + 1, assignments = jsonb_set(assignments, %s, %s)"
            " WHERE schedule_date = %s",
            [["departures", str(key)], on_next_day().model_dump_json(), NEXT_DAY],
        )

    assert dates_of([key]) == {key: TOMORROW}


@pytest.mark.django_db
def test_a_key_that_is_no_id_is_left_out() -> None:
    put({uuid4(): DepartureFactory()})

    write_in_sql("{departures,x}", "{}")

    assert DepartureDate.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["DELETE FROM scheduling.daily_schedules", "TRUNCATE scheduling.daily_schedules CASCADE"]
)
def test_departures_go_with_their_document(statement: str) -> None:
    put({uuid4(): DepartureFactory()})

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [PRINCIPAL, MAINTENANCE])
        cursor.execute(statement)

    assert not DepartureDate.objects.exists()


@pytest.mark.django_db
def test_the_migration_leaves_a_departure_on_two_dates_with_the_commitments_of_both() -> None:
    twice, guide, other = uuid4(), GuideFactory(), uuid4()
    cancelled = uuid4()
    put({twice: DepartureFactory(team=[lead(guide)]), other: DepartureFactory(team=[lead(GuideFactory())])})
    put({cancelled: DepartureFactory(team=[lead(guide)], status=DepartureStatus.CANCELLED)})
    copies = {twice: on_next_day(team=[lead(guide)]), cancelled: on_next_day(status=DepartureStatus.CANCELLED)}
    _as_before_the_migration(copies, NEXT_DAY)

    with connection.cursor() as cursor:
        cursor.execute(import_module("scheduling.migrations.0011_departures_on_one_date").FILL)

    assert dates_of([twice, other, cancelled]) == {twice: NEXT_DAY, other: TOMORROW, cancelled: NEXT_DAY}
    held = GuideCommitment.objects.filter(departure_id=twice).values_list("schedule_date", flat=True)
    assert sorted(held) == [TOMORROW, NEXT_DAY]
    assert GuideCommitment.objects.count() == 3


def _as_before_the_migration(departures: Mapping[UUID, Departure], day: date) -> None:
    document = {"departures": {str(key): departure.model_dump(mode="json") for key, departure in departures.items()}}
    DailySchedule.objects.create(
        schedule_id=schedule_id_of(day), schedule_date=day, assignments=document | {"guide_adjustments": {}}
    )
    GuideCommitment.objects.filter(departure_id__in=departures).delete()
    DepartureDate.objects.all().delete()
