from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar, Event

from scheduling.calendars.icalendar_feed import feed_of
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Announcement, DepartureStatus, Role
from scheduling.domain.facts import Guide
from scheduling.models import DailySchedule
from scheduling.publication.services import publish_departures
from tests.clock_changes import next_long_day, next_short_day
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory, GuideFactory, TeamMemberFactory, at, lead
from tests.scheduling.writes import change, put, stored
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db

DENVER = ZoneInfo("America/Denver")
# Clocks go forward on the first and back on the second.
SPRING, AUTUMN = next_short_day(DENVER), next_long_day(DENVER)


@pytest.fixture
def guide() -> Guide:
    return GuideFactory(name="Ana Ruiz")


@pytest.fixture
def rockies(siblings: SimulatedSiblings) -> dict[str, Any]:
    """The region whose clocks are Denver's."""
    regions = siblings.call("svc-trip-catalog", "/regions").json()["data"]
    region_in_denver: dict[str, Any] = next(region for region in regions if region["timezone"] == DENVER.key)
    return region_in_denver


def publish(day: date = TOMORROW, **which: Any) -> None:
    publish_departures(day, author=DISPATCHER, by_machine=False, override_warnings=True, **which)


def events(guide: Guide, now: datetime | None = None) -> list[Event]:
    return list(Calendar.from_ical(feed_of(guide.id, guide.name, now or timezone.now())).events)


def event(guide: Guide) -> Event:
    [only] = events(guide)
    return only


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=DENVER)


def published(guide: Guide, starts_at: datetime, ends_at: datetime, **fields: Any) -> UUID:
    key = uuid4()
    put({key: DepartureFactory(team=[lead(guide)], starts_at=starts_at, ends_at=ends_at, **fields)}, starts_at.date())
    publish(starts_at.date())
    return key


@pytest.mark.parametrize("change_of_clocks", [SPRING, AUTUMN])
@pytest.mark.parametrize("days_after", [-1, 0, 1])
def test_local_times_are_right_around_a_change_of_clocks(
    guide: Guide, rockies: dict[str, Any], change_of_clocks: date, days_after: int
) -> None:
    day = change_of_clocks + timedelta(days=days_after)
    starts_at, ends_at = local(day, 9), local(day, 12, 30)
    published(guide, starts_at.astimezone(UTC), ends_at.astimezone(UTC), region_id=UUID(rockies["id"]))

    calendar_event = event(guide)

    assert str(calendar_event.start.tzinfo) == DENVER.key
    assert (calendar_event.start, calendar_event.end) == (starts_at, ends_at)
    assert f"{calendar_event.start:%Y-%m-%d %H:%M} to {calendar_event.end:%H:%M}" == f"{day} 09:00 to 12:30"


def test_a_trip_over_the_night_in_which_clocks_change_lasts_as_long_as_it_does(
    guide: Guide, rockies: dict[str, Any]
) -> None:
    starts_at = local(AUTUMN - timedelta(days=1), 20)
    published(guide, starts_at, (starts_at.astimezone(UTC) + timedelta(hours=12)), region_id=UUID(rockies["id"]))

    calendar_event = event(guide)

    assert f"{calendar_event.end:%Y-%m-%d %H:%M}" == f"{AUTUMN} 07:00"
    assert calendar_event.end.astimezone(UTC) - calendar_event.start.astimezone(UTC) == timedelta(hours=12)


def test_a_time_that_comes_twice_in_autumn_is_the_right_one(guide: Guide, rockies: dict[str, Any]) -> None:
    second = local(AUTUMN, 1, 30).replace(fold=1).astimezone(UTC)
    published(guide, second, second + timedelta(hours=3), region_id=UUID(rockies["id"]))

    assert event(guide).start.astimezone(UTC) == second


def test_the_calendar_brings_the_clocks_of_its_zone_along(guide: Guide, rockies: dict[str, Any]) -> None:
    published(guide, local(SPRING, 9), local(SPRING, 12), region_id=UUID(rockies["id"]))

    calendar = Calendar.from_ical(feed_of(guide.id, guide.name, timezone.now()))

    [brought] = calendar.timezones
    clocks = brought.to_tz()
    assert brought.tz_name == DENVER.key
    assert not calendar.get_missing_tzids()
    for day in (SPRING - timedelta(days=1), SPRING, AUTUMN - timedelta(days=1), AUTUMN):
        noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 (in two zones)
        assert noon.replace(tzinfo=clocks).utcoffset() == noon.replace(tzinfo=DENVER).utcoffset()


def test_an_event_says_where_and_with_whom(guide: Guide, siblings: SimulatedSiblings) -> None:
    trail = siblings.get("trails", siblings.summary()["trail_ids"][0])
    there = {"type": "BASE_CAMP", "region_id": trail["region_id"]}
    camp = siblings.call("svc-location-services", "/locations", params=there).json()["locations"][0]
    places = {"region_id": UUID(trail["region_id"]), "trail_id": UUID(trail["id"]), "location_id": UUID(camp["id"])}
    team = [lead(guide), TeamMemberFactory(guide_name="Ben Ito", role=Role.ASSISTANT)]
    put({uuid4(): DepartureFactory(team=team, **places)})
    publish()

    calendar_event = event(guide)

    assert calendar_event["SUMMARY"] == "Sunrise hike"
    assert calendar_event["LOCATION"] == f"{trail['name']}, {camp['name']}"
    assert calendar_event["DESCRIPTION"] == "8 of 12 guests\nRole: lead\nWith Ben Ito"
    assert calendar_event["STATUS"] == "CONFIRMED"


def test_a_silent_sibling_costs_names_and_nothing_else(
    guide: Guide, rockies: dict[str, Any], siblings: SimulatedSiblings
) -> None:
    for service in ("svc-trip-catalog", "svc-trail-management", "svc-location-services", "svc-guide-management"):
        siblings.switch(service, "down")
    published(guide, local(SPRING, 9), local(SPRING, 12), region_id=UUID(rockies["id"]), trail_id=uuid4())

    calendar_event = event(guide)

    assert (calendar_event.start, str(calendar_event.start.tzinfo)) == (local(SPRING, 9), "UTC")
    assert "LOCATION" not in calendar_event


def test_unpublished_plans_do_not_show(guide: Guide) -> None:
    planned, announced = uuid4(), uuid4()
    ben = TeamMemberFactory(guide_name="Ben Ito")
    later = DepartureFactory(team=[lead(guide)], starts_at=at(18), ends_at=at(20))
    put({planned: later, announced: DepartureFactory(team=[lead(guide)])})
    publish(departure_ids=[announced])

    change(announced, team=[ben], starts_at=at(14), ends_at=at(18), trail_id=uuid4())

    calendar_event = event(guide)
    assert calendar_event["UID"].startswith(str(announced))
    assert (calendar_event.start, calendar_event.end) == (at(9), at(12))
    assert calendar_event["DESCRIPTION"] == "8 of 12 guests\nRole: lead"
    assert not events(GuideFactory(id=ben.guide_id))


@pytest.mark.parametrize(
    "times", [{"starts_at": at(11)}, {"ends_at": at(20)}, {"starts_at": at(14), "ends_at": at(22)}]
)
def test_the_told_times_show_until_others_are_published(guide: Guide, times: dict[str, datetime]) -> None:
    key = uuid4()
    put({key: DepartureFactory(team=[lead(guide)])})
    publish()

    change(key, **times)
    before = event(guide)
    publish()
    after = event(guide)

    assert (before.start, before.end) == (at(9), at(12))
    assert (after.start, after.end) == (times.get("starts_at", at(9)), times.get("ends_at", at(12)))


def test_an_end_that_was_never_recorded_as_told_is_by_the_present_duration(guide: Guide) -> None:
    announced = Announcement(guide_ids=[guide.id], starts_at=at(9))
    put({uuid4(): DepartureFactory(published=announced, starts_at=at(14), ends_at=at(16))})

    calendar_event = event(guide)

    assert (calendar_event.start, calendar_event.end) == (at(9), at(11))


def test_the_uid_stays_and_the_sequence_grows_with_each_write(guide: Guide) -> None:
    key = uuid4()
    put({key: DepartureFactory(team=[lead(guide)])})
    publish()
    before = event(guide)

    change(key, starts_at=at(10))
    publish()
    after = event(guide)

    assert (after["UID"], after.start) == (before["UID"], at(10))
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (3, 5)
    assert after["SEQUENCE"] == DailySchedule.objects.get().rev
    assert after["LAST-MODIFIED"].dt == DailySchedule.objects.get().updated_at.replace(microsecond=0)


def test_a_departure_on_another_date_keeps_its_uid_and_is_there_once(guide: Guide) -> None:
    key = uuid4()
    put({key: DepartureFactory(team=[lead(guide)])})
    publish()
    before = event(guide)["UID"]
    later = TOMORROW + timedelta(days=1)

    def move(drafts: Any) -> None:
        drafts[later].document.departures[key] = drafts[TOMORROW].document.departures.pop(key)

    write_daily_schedules([TOMORROW, later], move, author=DISPATCHER)

    assert event(guide)["UID"] == before


def test_a_cancelled_departure_is_called_off_once_people_are_told(guide: Guide) -> None:
    key = uuid4()
    put({key: DepartureFactory(team=[lead(guide)])})
    publish()

    change(key, status=DepartureStatus.CANCELLED)
    assert event(guide)["STATUS"] == "CONFIRMED"
    publish()
    change(key, capacity=14)

    calendar_event = event(guide)
    assert (calendar_event["STATUS"], calendar_event["DESCRIPTION"]) == ("CANCELLED", "Cancelled")
    assert (calendar_event.start, calendar_event.end) == (at(9), at(12))


def test_only_who_was_to_lead_it_sees_a_departure_cancelled(guide: Guide) -> None:
    key, former, planned = uuid4(), GuideFactory(), GuideFactory()
    put({key: DepartureFactory(team=[lead(former)])})
    publish()
    change(key, team=[lead(guide)])
    publish()
    change(key, team=[lead(planned)], status=DepartureStatus.CANCELLED)
    publish()

    assert [len(events(guide_id)) for guide_id in (former, guide, planned)] == [0, 1, 0]
    assert event(guide)["STATUS"] == "CANCELLED"


def test_what_is_over_for_more_than_a_month_is_left_out(guide: Guide) -> None:
    published(guide, at(9), at(12))

    assert len(events(guide, at(9) + timedelta(days=31))) == 1
    assert not events(guide, at(9) + timedelta(days=32))


def test_a_name_cannot_write_lines_of_its_own(guide: Guide) -> None:
    put({uuid4(): DepartureFactory(team=[lead(guide)], trip_name="Dawn\r\nEND:VEVENT\r\nX-EVIL:1\x07; a, b\\")})
    publish()

    assert event(guide)["SUMMARY"] == "Dawn END:VEVENT X-EVIL:1 ; a, b\\"


def test_a_calendar_says_whose_it_is_and_when_to_ask_again(guide: Guide) -> None:
    calendar = Calendar.from_ical(feed_of(guide.id, guide.name, timezone.now()))

    properties = {
        name: calendar[name] for name in ("VERSION", "METHOD", "X-WR-CALNAME", "X-WR-TIMEZONE", "X-PUBLISHED-TTL")
    }
    assert properties == {
        "VERSION": "2.0",
        "METHOD": "PUBLISH",
        "X-WR-CALNAME": "NovaTrek: Ana Ruiz",
        "X-WR-TIMEZONE": "UTC",
        "X-PUBLISHED-TTL": "PT15M",
    }
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(minutes=15)


def test_no_guests_and_no_notes_are_in_it(guide: Guide) -> None:
    key, reservation = uuid4(), uuid4()
    put({key: DepartureFactory(team=[lead(guide)], reservations={reservation: 8})})
    publish()

    written = feed_of(guide.id, guide.name, timezone.now()).decode()

    assert str(reservation) not in written
    assert stored()[key].reservations == {reservation: 8}
