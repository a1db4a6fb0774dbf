import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from scheduling.authors import Author, AuthorKind
from scheduling.document import GuideAdjustments, Role
from scheduling.errors import HardRuleViolated, StaleRevision
from scheduling.models import DailySchedule, GuideCommitment, ScheduleRevision
from scheduling.rules import Rule
from scheduling.writing import Draft, Edit, write_daily_schedules
from tests.factories import (
    DISPATCHER,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TripFactory,
    at,
    facts_of,
    lead,
)


def putting(departure_id: UUID, **fields: object) -> Edit:
    """An edit that writes one departure of tomorrow."""

    def edit(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.departures[departure_id] = DepartureFactory(**fields)

    return edit


def stored(day: date = TOMORROW) -> DailySchedule:
    return DailySchedule.objects.get(schedule_date=day)


@pytest.mark.django_db
def test_the_first_write_of_a_date_makes_its_row_and_steps_its_revision() -> None:
    departure = uuid4()

    write_daily_schedules([TOMORROW], putting(departure), author=DISPATCHER)

    assert stored().rev == 2
    assert departure in stored().document.departures
    kept = ScheduleRevision.objects.order_by("rev").values_list("rev", "author", "kind")
    assert list(kept) == [(1, "ana", "dispatcher"), (2, "ana", "dispatcher")]


@pytest.mark.django_db
def test_a_write_that_changes_nothing_writes_nothing() -> None:
    write_daily_schedules([TOMORROW], lambda drafts: None, author=DISPATCHER)

    assert not DailySchedule.objects.exists()


@pytest.mark.django_db
def test_a_stale_revision_changes_nothing() -> None:
    write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER)

    with pytest.raises(StaleRevision, match="at revision 2"):
        write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER, since_revs={TOMORROW: 1})

    assert stored().rev == 2


@pytest.mark.django_db
def test_keys_that_are_not_known_survive_a_write() -> None:
    write_daily_schedules([TOMORROW], putting(uuid4(), field_of_tomorrow={"kept": None}), author=DISPATCHER)
    write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER)

    departures = stored().assignments["departures"].values()
    assert [d["field_of_tomorrow"] for d in departures if "field_of_tomorrow" in d] == [{"kept": None}]


@pytest.mark.django_db
def test_a_guide_already_on_another_departure_is_refused_across_dates() -> None:
    guide, trip = GuideFactory(), TripFactory()
    facts = facts_of(guides=[guide], trips=[trip], days=[TOMORROW, TOMORROW + timedelta(days=1)])
    overnight = {"trip_id": trip.id, "starts_at": at(20), "ends_at": at(4, day=TOMORROW + timedelta(days=1))}
    write_daily_schedules([TOMORROW], putting(uuid4(), team=[lead(guide)], **overnight), author=DISPATCHER, facts=facts)

    next_day = TOMORROW + timedelta(days=1)
    early = DepartureFactory(
        trip_id=trip.id, team=[lead(guide)], starts_at=at(9, day=next_day), ends_at=at(11, day=next_day)
    )
    with pytest.raises(HardRuleViolated) as refused:
        write_daily_schedules(
            [next_day],
            lambda drafts: drafts[next_day].document.departures.update({uuid4(): early}),
            author=DISPATCHER,
            facts=facts,
        )

    assert [v.rule for v in refused.value.violations] == [Rule.REST]


@pytest.mark.django_db
def test_a_team_without_a_lead_is_refused() -> None:
    guide, trip = GuideFactory(), TripFactory()
    assistant = lead(guide).model_copy(update={"role": Role.ASSISTANT})

    with pytest.raises(HardRuleViolated, match="exactly one lead"):
        write_daily_schedules(
            [TOMORROW],
            putting(uuid4(), trip_id=trip.id, team=[assistant]),
            author=DISPATCHER,
            facts=facts_of(guides=[guide], trips=[trip]),
        )


@pytest.mark.django_db
def test_what_was_broken_before_does_not_forbid_an_unrelated_change() -> None:
    guide, trip, departure = GuideFactory(is_active=False, status="ON_LEAVE"), TripFactory(), uuid4()
    staffed = {"trip_id": trip.id, "team": [lead(guide)]}
    write_daily_schedules([TOMORROW], putting(departure, **staffed), author=DISPATCHER)

    facts = facts_of(guides=[guide], trips=[trip])
    write_daily_schedules([TOMORROW], putting(departure, capacity=9, **staffed), author=DISPATCHER, facts=facts)

    assert stored().document.departures[departure].capacity == 9


@pytest.mark.django_db
def test_commitments_follow_the_team() -> None:
    first, second, departure = GuideFactory(), GuideFactory(), uuid4()
    write_daily_schedules([TOMORROW], putting(departure, team=[lead(first)]), author=DISPATCHER)

    write_daily_schedules([TOMORROW], putting(departure, team=[lead(second)]), author=DISPATCHER)

    assert list(GuideCommitment.objects.values_list("guide_id", flat=True)) == [second.id]


@pytest.mark.django_db
def test_a_guides_entry_needs_its_owner_named() -> None:
    guide = uuid4()

    def enter(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.guide_adjustments[guide] = GuideAdjustments(guide_notes="knee")

    owner = Author(AuthorKind.GUIDE_MANAGEMENT, "svc-guide-management")
    write_daily_schedules([TOMORROW], enter, author=owner, principal="svc-guide-management")

    assert stored().document.guide_adjustments[guide].guide_notes == "knee"


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
