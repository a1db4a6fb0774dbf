import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.writer import Draft, Edit, write_daily_schedules
from scheduling.domain.document import DepartureStatus, GuideAdjustments, Role
from scheduling.domain.facts import Guide, Location
from scheduling.errors import ContentionNotResolved, HardRuleViolated, StaleRevision
from scheduling.models import DailySchedule, GuideCommitment, ScheduleRevision
from scheduling.rules import Rule
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
from tests.scheduling.writes import change, put


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
def test_a_row_that_somebody_wrote_since_it_was_read_is_not_saved() -> None:
    put({uuid4(): DepartureFactory()})
    mine, theirs = stored(), stored()
    theirs.save_if_unchanged(since_rev=2, fields=["assignments"])

    with pytest.raises(StaleRevision, match="at revision 3"):
        mine.save_if_unchanged(since_rev=2, fields=["assignments"])


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


NEXT_DAY = TOMORROW + timedelta(days=1)


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "target"), [(TOMORROW, NEXT_DAY), (NEXT_DAY, TOMORROW)])
def test_a_departure_that_moves_to_another_date_takes_its_commitments_along(origin: date, target: date) -> None:
    guide, key = GuideFactory(), uuid4()
    put({key: DepartureFactory(team=[lead(guide)])}, origin)

    def move(drafts: Mapping[date, Draft]) -> None:
        drafts[target].document.departures[key] = drafts[origin].document.departures.pop(key)

    write_daily_schedules([origin, target], move, author=DISPATCHER)

    held = GuideCommitment.objects.values_list("guide_id", "departure_id", "schedule_date")
    assert list(held) == [(guide.id, key, target)]


@pytest.mark.django_db
def test_a_cancelled_departure_commits_nobody() -> None:
    guide, key = GuideFactory(), uuid4()
    put({key: DepartureFactory(team=[lead(guide)])})

    change(key, status=DepartureStatus.CANCELLED)

    assert not GuideCommitment.objects.exists()


@pytest.mark.django_db
def test_a_base_camp_full_of_yesterdays_trip_takes_nobody_today() -> None:
    guide, trip = GuideFactory(), TripFactory()
    camp = Location(uuid4(), REGION_ID, 10)
    at_camp = {"trip_id": trip.id, "location_id": camp.id, "team": [lead(guide)]}
    over_night = DepartureFactory(
        location_id=camp.id, team=[lead(GuideFactory())], participants=3, ends_at=at(10, day=NEXT_DAY)
    )
    put({uuid4(): over_night})
    facts = facts_of(guides=[guide], trips=[trip], days=[NEXT_DAY], base_camp=camp)

    def join(hour: int) -> None:
        joining = DepartureFactory(starts_at=at(hour, day=NEXT_DAY), ends_at=at(12, day=NEXT_DAY), **at_camp)
        write_daily_schedules(
            [NEXT_DAY],
            lambda drafts: drafts[NEXT_DAY].document.departures.update({uuid4(): joining}),
            author=DISPATCHER,
            facts=facts,
        )

    with pytest.raises(HardRuleViolated) as refused:
        join(9)
    assert [violation.rule for violation in refused.value.violations] == [Rule.LOCATION_CAPACITY]
    join(10)


@pytest.mark.django_db
def test_time_off_on_the_second_day_of_a_trip_counts() -> None:
    guide, trip = GuideFactory(), TripFactory()
    owner = Author(AuthorKind.GUIDE_MANAGEMENT, "svc-guide-management")
    leave = {"from": str(NEXT_DAY), "to": str(NEXT_DAY), "reason": "training"}
    entry = GuideAdjustments.model_validate({"availability_exceptions": [leave]})
    write_daily_schedules(
        [NEXT_DAY],
        lambda drafts: drafts[NEXT_DAY].document.guide_adjustments.update({guide.id: entry}),
        author=owner,
        principal="svc-guide-management",
    )

    overnight = putting(uuid4(), trip_id=trip.id, team=[lead(guide)], ends_at=at(12, day=NEXT_DAY))
    with pytest.raises(HardRuleViolated, match="training"):
        write_daily_schedules(
            [TOMORROW],
            overnight,
            author=DISPATCHER,
            facts=facts_of(guides=[guide], trips=[trip], days=[TOMORROW, NEXT_DAY]),
        )


@pytest.mark.django_db
def test_nothing_but_the_start_is_the_revision_of_a_date_without_a_row() -> None:
    with pytest.raises(StaleRevision, match="at revision 0"):
        write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER, since_revs={TOMORROW: 1})

    write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER, since_revs={TOMORROW: 0})

    assert stored().rev == 2


@pytest.mark.django_db
def test_what_follows_from_a_write_fails_with_it() -> None:
    def fail(_: object) -> None:
        raise RuntimeError("the outbox is full")

    with pytest.raises(RuntimeError):
        write_daily_schedules([TOMORROW], putting(uuid4()), author=DISPATCHER, after_write=fail)

    assert not DailySchedule.objects.exists()


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
    """As the inbox writes: what others committed meanwhile is read, and a failure afterwards takes all along."""
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


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_two_dates_cannot_share_a_guide() -> None:
    guide, trip = GuideFactory(), TripFactory()
    facts = facts_of(guides=[guide], trips=[trip], days=[TOMORROW, NEXT_DAY])
    spans = {TOMORROW: (at(20), at(10, day=NEXT_DAY)), NEXT_DAY: (at(9, day=NEXT_DAY), at(12, day=NEXT_DAY))}
    keys = {day: uuid4() for day in spans}
    both_are_about_to_commit = threading.Barrier(2)

    def wait(_: object) -> None:
        with suppress(threading.BrokenBarrierError):
            both_are_about_to_commit.wait(timeout=1)

    def write(day: date) -> str:
        starts_at, ends_at = spans[day]
        departure = DepartureFactory(trip_id=trip.id, team=[lead(guide)], starts_at=starts_at, ends_at=ends_at)

        def edit(drafts: Mapping[date, Draft]) -> None:
            drafts[day].document.departures[keys[day]] = departure.model_copy(deep=True)

        try:
            write_daily_schedules([day], edit, author=DISPATCHER, facts=facts, after_write=wait)
        except HardRuleViolated as refused:
            return refused.violations[0].rule
        finally:
            connection.close()
        return "written"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(write, spans))

    assert outcomes == [Rule.OVERLAP, "written"]


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_two_dates_cannot_together_overfill_a_base_camp() -> None:
    guides, trip = [GuideFactory(), GuideFactory()], TripFactory()
    camp = Location(id=uuid4(), region_id=REGION_ID, max_capacity=10)
    facts = facts_of(guides=guides, trips=[trip], days=[TOMORROW, NEXT_DAY], base_camp=camp)
    spans = {TOMORROW: (at(20), at(10, day=NEXT_DAY)), NEXT_DAY: (at(9, day=NEXT_DAY), at(12, day=NEXT_DAY))}
    both_are_about_to_commit = threading.Barrier(2)

    def wait(_: object) -> None:
        with suppress(threading.BrokenBarrierError):
            both_are_about_to_commit.wait(timeout=1)

    def write(day: date, guide: Guide) -> str:
        fields = {"trip_id": trip.id, "team": [lead(guide)], "location_id": camp.id, "participants": 6}
        departure = DepartureFactory(starts_at=spans[day][0], ends_at=spans[day][1], **fields)

        def edit(drafts: Mapping[date, Draft]) -> None:
            drafts[day].document.departures[guide.id] = departure.model_copy(deep=True)

        try:
            write_daily_schedules([day], edit, author=DISPATCHER, facts=facts, after_write=wait)
        except HardRuleViolated as refused:
            return refused.violations[0].rule
        finally:
            connection.close()
        return "written"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(write, spans, guides))

    assert outcomes == [Rule.LOCATION_CAPACITY, "written"]
