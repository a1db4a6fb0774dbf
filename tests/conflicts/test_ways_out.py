"""Each way out of a conflict at the door of the API: chosen, applied, and what became of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.test.client import Client
from django.utils import timezone

from conflicts.models import ScheduleConflict
from conflicts.monitoring.services import detect_on
from conflicts.resolution.option_search import compute_options
from events.models import OutboxMessage
from optimization.days.services import optimize_day
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.models import DailySchedule, Reservation
from scheduling.reservations.placement import place_reservation
from scheduling.reservations.placement_queue import sweep_reservations
from scheduling.snapshot import take_day_snapshot
from tests.conflicts.planned import PLANNER, enter_absence
from tests.scheduling.reservations.arrivals import book, cancel
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer
from tests.worlds.small_world import SmallWorld, make_small

pytestmark = pytest.mark.django_db

BASE = "/scheduling/v1"


@dataclass(frozen=True)
class Company:
    """A small world: its first trip goes at 07:00 from a region of each of two coasts, and its guides."""

    world: SmallWorld

    @property
    def day(self) -> Any:
        return self.world.days[0]

    @property
    def trip(self) -> UUID:
        return UUID(self.world.trip_ids[0])

    def listed(self, trip: int) -> UUID:
        """The departure of a trip on the first day."""
        return UUID(self.world.departure_ids[trip * 2])

    def sell(self, clock: str) -> UUID:
        """The catalog sells the first trip at another time of the first day, too."""
        return UUID(self.world.siblings.add_departure(str(self.trip), self.day, clock)["id"])

    def plan(self) -> None:
        caches["siblings"].clear()
        optimize_day(self.day, self.world.regions, author=PLANNER)

    def look_again(self) -> None:
        snapshot = take_day_snapshot(self.day, region_ids=self.world.regions, deadline_seconds=10, fresh=True)
        detect_on([self.day], gather_facts(snapshot))

    def departure(self, key: UUID) -> Departure:
        return DailySchedule.objects.get(schedule_date=self.day).document.departures[key]

    def send_away(self, *guides: str) -> None:
        for guide in guides:
            self.world.siblings.send_guide_away(guide, self.day, self.day)

    def call_back(self, guide: str) -> None:
        self.world.siblings.call_guide_back(guide, self.day, self.day)
        caches["siblings"].clear()


@pytest.fixture
def company(siblings: SimulatedSiblings) -> Company:
    """Two departures at 07:00, one in each region; those out overnight are not sold, and no seat is sold yet."""
    world = make_small(siblings, guides=3)
    for key, trip in zip(world.departure_ids, (0, 0, 1, 1, 2, 2, 3, 3), strict=True):
        if trip % 2:
            siblings.remove("departures", key)
        else:
            siblings.alter("departures", key, available_spots=8)
    return Company(world)


def conflict_of(cause: str) -> ScheduleConflict:
    return ScheduleConflict.objects.open().get(details__cause=cause)


def options(conflict: ScheduleConflict, strategy: str) -> list[dict[str, Any]]:
    """The options of a strategy, as the API lists them."""
    compute_options(conflict, deadline_seconds=10)
    return [option for option in shown(conflict)["resolution_options"] if option["strategy"] == strategy]


def shown(conflict: ScheduleConflict) -> dict[str, Any]:
    """The conflict as the API shows it."""
    query = {"date": f"{conflict.day}"}
    answer = Client().get(f"{BASE}/schedule-conflicts", query, headers=bearer(("scheduling:read",)))
    return next(found for found in answer.json()["conflicts"] if found["id"] == str(conflict.pk))


def resolve(conflict: ScheduleConflict, option: dict[str, Any]) -> dict[str, Any]:
    body = {"conflict_id": str(conflict.pk), "selected_resolution_id": option["id"]}
    scopes = bearer(("scheduling:resolve",))
    answer = Client().post(f"{BASE}/schedule-conflicts/resolve", body, content_type="application/json", headers=scopes)
    assert answer.status_code == 200, answer.json()
    assert not ScheduleConflict.objects.open().filter(pk=conflict.pk).exists()
    result: dict[str, Any] = answer.json()
    return result


def told(reservation: UUID) -> list[str]:
    """What the guests of a reservation were told, in this order."""
    notices = OutboxMessage.objects.filter(payload__body__reservation_id=str(reservation))
    return list(notices.order_by("id").values_list("kind", flat=True))


def test_a_guide_of_another_region_is_borrowed_and_somebody_there_takes_over(company: Company) -> None:
    home, there, of_both = company.world.guide_ids
    company.send_away(there)
    company.plan()
    company.call_back(there)
    first, second = company.listed(0), company.listed(2)
    book(company.trip, uuid4(), day=company.day)
    assert company.departure(second).guide_ids == {UUID(of_both)}
    enter_absence(UUID(home), company.day)
    conflict = conflict_of("AVAILABILITY_EXCEPTION")

    [exchange] = options(conflict, "REASSIGN_GUIDE")
    resolve(conflict, exchange)

    assert company.departure(first).guide_ids == {UUID(of_both)}
    assert company.departure(second).guide_ids == {UUID(there)}
    for key in (first, second):
        assert all(member.guide_name in exchange["description"] for member in company.departure(key).team)
    company.look_again()
    assert not ScheduleConflict.objects.open().exists()


def test_all_guests_go_on_the_other_departure_of_the_day(company: Company) -> None:
    early, late = company.listed(0), company.sell("14:00")
    company.plan()
    book(company.trip, uuid4(), guests=3, day=company.day)
    storm = company.departure(early).span
    company.world.siblings.raise_alert(company.world.region_ids[0], storm.starts_at, storm.ends_at)
    company.look_again()
    conflict = conflict_of("WEATHER_WARNING")

    merger = next(o for o in options(conflict, "RESCHEDULE_TRIP") if "is cancelled" in o["description"])
    resolve(conflict, merger)

    left, joined = company.departure(early), company.departure(late)
    assert (left.status, left.rescheduled_to, left.participants) == (DepartureStatus.CANCELLED, late, 0)
    assert joined.participants == 3
    assert merger["requires_guest_notification"]


def crowd(company: Company) -> tuple[UUID, UUID, ScheduleConflict]:
    """Eight guests of two bookings on a trail that takes four by now: who booked first, who booked last."""
    company.plan()
    first, last = uuid4(), uuid4()
    book(company.trip, first, guests=4, day=company.day)
    book(company.trip, last, guests=4, day=company.day, minutes=5)
    for trail in company.world.trail_ids:
        company.world.siblings.alter("trails", trail, max_group_size=4)
    company.look_again()
    return first, last, conflict_of("TRAIL_GROUP_SIZE")


def test_a_group_is_split_and_the_next_plans_leave_it_so(company: Company) -> None:
    early, late = company.listed(0), company.sell("14:00")
    first, last, conflict = crowd(company)

    split = options(conflict, "SPLIT_GROUP")[0]
    resolve(conflict, split)

    assert "(1 reservation)" in split["description"]
    assert company.departure(early).reservations == {first: 4}
    assert company.departure(late).reservations == {last: 4}
    company.world.siblings.alter("departures", str(early), available_spots=0)
    company.plan()
    company.look_again()
    assert company.departure(early).participants == company.departure(late).participants == 4
    assert not ScheduleConflict.objects.open().exists()
    cancel(last, minutes=20)
    company.world.siblings.alter("departures", str(early), available_spots=3)
    company.plan()
    assert (company.departure(early).participants, company.departure(late).participants) == (5, 0)


def test_a_group_is_capped_and_who_was_left_out_gets_a_place_later(company: Company) -> None:
    early = company.listed(0)
    first, last, conflict = crowd(company)

    [cap] = options(conflict, "ADJUST_CAPACITY")
    result = resolve(conflict, cap)

    capped = company.departure(early)
    assert (capped.capacity, capped.reservations) == (4, {first: 4})
    assert ("(1 reservation)" in cap["description"], cap["requires_guest_notification"]) == (True, True)
    waiting = conflict_of("GUESTS_WITHOUT_PLACE")
    assert result["new_conflicts_created"] == [str(waiting.pk)]
    assert sweep_reservations(timezone.now(), older_than=timedelta(0)) == 0, "it would seat them where they were"
    late = company.sell("14:00")
    company.plan()
    seat = options(waiting, "RESCHEDULE_TRIP")[0]
    resolve(waiting, seat)
    assert company.departure(late).reservations == {last: 4}
    assert Reservation.objects.get(pk=last).departure_id == late
    assert told(last) == ["guest.without_place", "guest.seated"]
    assert told(first) == []


def test_a_departure_that_nobody_can_lead_is_cancelled_and_says_what_would_help(company: Company) -> None:
    reservation = uuid4()
    book(company.trip, reservation, day=company.day)
    place_reservation(reservation)
    for guide in company.world.guide_ids:
        company.world.siblings.expire_certificates(guide)
    company.plan()
    key = company.listed(0)
    conflict = next(c for c in ScheduleConflict.objects.open() if c.details["departure_ids"] == [str(key)])

    assert options(conflict, "ACCEPT_RISK") == []
    [cancel] = options(conflict, "RESCHEDULE_TRIP")
    helping = shown(conflict)["what_would_help"]
    assert helping
    assert all(" held wilderness first aid." in sentence for sentence in helping)
    resolve(conflict, cancel)

    assert company.departure(key).status is DepartureStatus.CANCELLED
    assert cancel["requires_guest_notification"]
    assert told(reservation) == ["guest.cancelled"]
    assert conflict_of("GUESTS_WITHOUT_PLACE").details["departure_ids"] == [str(key)]


def test_a_departure_moves_to_another_hour_of_its_trip(company: Company) -> None:
    key = company.listed(0)
    company.world.siblings.add_departure(str(company.trip), company.world.days[1], "10:00")
    company.plan()
    book(company.trip, uuid4(), guests=3, day=company.day)
    before = company.departure(key)
    storm_ends = before.starts_at + timedelta(hours=2)
    company.world.siblings.raise_alert(company.world.region_ids[0], before.starts_at, storm_ends)
    company.look_again()
    conflict = conflict_of("WEATHER_WARNING")

    moved = options(conflict, "RESCHEDULE_TRIP")[0]
    resolve(conflict, moved)

    after = company.departure(key)
    assert after.starts_at - before.starts_at == after.ends_at - before.ends_at == timedelta(hours=3)
    assert (after.guide_ids, after.trail_id, after.reservations) == (
        before.guide_ids,
        before.trail_id,
        before.reservations,
    )
    assert (" 10:00" in moved["description"], moved["requires_guest_notification"]) == (True, True)
    company.look_again()
    assert not ScheduleConflict.objects.open().exists()


def test_the_departures_of_a_closed_trail_go_on_another_before_any_is_cancelled(company: Company) -> None:
    key = company.listed(0)
    company.plan()
    before = company.departure(key)
    company.world.siblings.close_trail(str(before.trail_id), company.day, company.day)
    company.look_again()
    conflict = conflict_of("TRAIL")

    [rerouted] = options(conflict, "CLOSE_TRAIL")
    resolve(conflict, rerouted)

    after = company.departure(key)
    trail = company.world.siblings.get("trails", str(after.trail_id))
    assert after.trail_id not in {None, before.trail_id}
    assert trail["name"] in rerouted["description"]
    assert after.model_copy(update={"trail_id": before.trail_id}) == before
