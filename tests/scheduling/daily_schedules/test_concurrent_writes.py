"""Concurrent writes: locks, retries, and writes inside other transactions."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection, transaction

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Departure
from scheduling.domain.facts import Location
from scheduling.errors import ContentionNotResolved, HardRuleViolated
from scheduling.models import DailySchedule, ScheduleRevision
from scheduling.rules import Rule
from scheduling.rules.inputs import Facts
from tests.factories import (
    DISPATCHER,
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TripFactory,
    at,
    facts_of,
    lead,
)
from tests.scheduling.daily_schedules.edits import NEXT_DAY, putting, stored
from tests.scheduling.writes import put


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_at_once_lose_nothing() -> None:
    departures = [uuid4() for _ in range(16)]
    together = threading.Barrier(len(departures))

    def write(number: int) -> None:
        together.wait(timeout=30)
        author = Author(AuthorKind.DISPATCHER, f"dispatcher {number}")
        write_daily_schedules([TOMORROW], putting(departures[number]), author=author)
        connection.close()

    with ThreadPoolExecutor(len(departures)) as pool:
        list(pool.map(write, range(len(departures))))

    assert stored().document.departures.keys() == set(departures)
    assert stored().rev == 1 + len(departures)
    authors = ScheduleRevision.objects.filter(rev__gt=1).values_list("author", flat=True)
    assert sorted(authors) == sorted(f"dispatcher {n}" for n in range(16))


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_two_departures_cannot_share_a_guide() -> None:
    guide, trip = GuideFactory(), TripFactory()
    facts = facts_of(guides=[guide], trips=[trip])
    together = threading.Barrier(2)

    def write(_: int) -> str:
        together.wait(timeout=30)
        edit = putting(uuid4(), trip_id=trip.id, team=[lead(guide)])
        try:
            write_daily_schedules([TOMORROW], edit, author=DISPATCHER, facts=facts)
        except HardRuleViolated as refused:
            return refused.violations[0].rule
        finally:
            connection.close()
        return "written"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(write, range(2)))

    assert outcomes == [Rule.OVERLAP, "written"]


@pytest.mark.django_db(transaction=True)
def test_a_date_that_somebody_holds_too_long_is_given_up_after_three_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduling.daily_schedules.writer.LOCK_TIMEOUT_MS", 20)
    put({uuid4(): DepartureFactory()})

    def write() -> None:
        try:
            write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        DailySchedule.objects.select_for_update().get()
        with pytest.raises(ContentionNotResolved):
            pool.submit(write).result(timeout=30)

    write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER)
    assert stored().rev == 3


@pytest.mark.django_db(transaction=True)
def test_a_write_inside_another_transaction_meets_others_and_is_undone_with_it() -> None:
    """As the inbox writes: concurrent commits are read, and a failure afterwards rolls everything back."""
    mine, theirs = uuid4(), uuid4()

    def write_theirs() -> None:
        put({theirs: DepartureFactory()})
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            pool.submit(write_theirs).result(timeout=30)
            put({mine: DepartureFactory()})
        with pytest.raises(RuntimeError):
            _put_and_fail()

    assert stored().document.departures.keys() == {mine, theirs}
    assert stored().rev == 3


@transaction.atomic
def _put_and_fail() -> None:
    put({uuid4(): DepartureFactory()})
    raise RuntimeError


@pytest.mark.django_db(transaction=True)
def test_two_first_writers_of_a_date_inside_other_transactions_both_arrive() -> None:
    together = threading.Barrier(4)

    def write(_: int) -> None:
        together.wait(timeout=30)
        with transaction.atomic():
            put({uuid4(): DepartureFactory()})
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    assert stored().rev == 5
    assert len(stored().document.departures) == 4


TWO_DAYS = [TOMORROW, NEXT_DAY]
NIGHT_AND_MORNING = [(at(20), at(10, day=NEXT_DAY)), (at(9, day=NEXT_DAY), at(12, day=NEXT_DAY))]


def write_two_dates_at_once(departures: Mapping[date, Departure], facts: Facts) -> list[str]:
    """Write each departure to its date, both ready to commit at once, and return their outcomes, sorted."""
    both_are_about_to_commit = threading.Barrier(2)

    def wait(_: object) -> None:
        with suppress(threading.BrokenBarrierError):
            both_are_about_to_commit.wait(timeout=1)

    def write(day: date, departure: Departure) -> str:
        def edit(drafts: Mapping[date, Draft]) -> None:
            drafts[day].document.departures[uuid4()] = departure.model_copy(deep=True)

        try:
            write_daily_schedules([day], edit, author=DISPATCHER, facts=facts, after_write=wait)
        except HardRuleViolated as refused:
            return refused.violations[0].rule
        finally:
            connection.close()
        return "written"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(write, departures, departures.values()))


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_two_dates_cannot_share_a_guide() -> None:
    guide, trip = GuideFactory(), TripFactory()
    departures = {
        day: DepartureFactory(trip_id=trip.id, team=[lead(guide)], starts_at=starts_at, ends_at=ends_at)
        for day, (starts_at, ends_at) in zip(TWO_DAYS, NIGHT_AND_MORNING, strict=True)
    }

    outcomes = write_two_dates_at_once(departures, facts_of(guides=[guide], trips=[trip], days=TWO_DAYS))

    assert outcomes == [Rule.OVERLAP, "written"]


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_two_dates_cannot_together_overfill_a_base_camp() -> None:
    guides, trip = [GuideFactory(), GuideFactory()], TripFactory()
    camp = Location(id=uuid4(), region_id=REGION_ID, max_capacity=10)
    fields = {"trip_id": trip.id, "location_id": camp.id, "participants": 6}
    departures = {
        day: DepartureFactory(team=[lead(guide)], starts_at=starts_at, ends_at=ends_at, **fields)
        for day, guide, (starts_at, ends_at) in zip(TWO_DAYS, guides, NIGHT_AND_MORNING, strict=True)
    }
    facts = facts_of(guides=guides, trips=[trip], days=TWO_DAYS, base_camp=camp)

    outcomes = write_two_dates_at_once(departures, facts)

    assert outcomes == [Rule.LOCATION_CAPACITY, "written"]
