"""Factories of domain objects: departures, teams, guides, trips, trails, and snapshots of one region."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import factory
from django.utils import timezone

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.catalog_listing import CatalogListing
from scheduling.domain.document import AssignmentStatus, Departure, GuideAdjustments, Role, TeamMember
from scheduling.domain.facts import Certificate, Difficulty, Guide, Location, Region, Snapshot, Trail, Trip
from scheduling.rules import EntriesByDate, Facts

TOMORROW = timezone.now().date() + timedelta(days=1)
REGION_ID = UUID("11111111-1111-4111-8111-111111111111")
DISPATCHER = Author(AuthorKind.DISPATCHER, "ana")


def at(hour: int, minute: int = 0, day: date = TOMORROW) -> datetime:
    """Return a moment of `day` in UTC."""
    return datetime.combine(day, time(hour, minute), UTC)


class TeamMemberFactory(factory.Factory[TeamMember]):
    class Meta:
        model = TeamMember

    guide_id = factory.LazyFunction(uuid4)
    guide_name = factory.Sequence(lambda n: f"Guide {n}")
    role = Role.LEAD
    assignment_status = AssignmentStatus.CONFIRMED
    score = 0.8


class DepartureFactory(factory.Factory[Departure]):
    """An unstaffed draft from 9 to 12 UTC with eight guests."""

    class Meta:
        model = Departure

    trip_id = factory.LazyFunction(uuid4)
    trip_name = "Sunrise hike"
    activity_type = "HIKING"
    region_id = REGION_ID
    starts_at = factory.LazyFunction(lambda: at(9))
    ends_at = factory.LazyFunction(lambda: at(12))
    participants = 8
    capacity = 12


class CatalogListingFactory(factory.Factory[CatalogListing]):
    """A listing of tomorrow at nine by New York's clocks, of three hours and twelve places."""

    class Meta:
        model = CatalogListing

    schedule_date = TOMORROW
    local_time = "09:00"
    trip_id = factory.LazyFunction(uuid4)
    trip_name = "Sunrise hike"
    activity_type = "HIKING"
    region_id = REGION_ID
    timezone = "America/New_York"
    duration_minutes = 180
    total_spots = 12


class RegionFactory(factory.Factory[Region]):
    class Meta:
        model = Region

    id = REGION_ID
    name = "Pacific Northwest"
    timezone = ZoneInfo("UTC")
    weather_station_id = "PNW-1"


class TripFactory(factory.Factory[Trip]):
    class Meta:
        model = Trip

    id = factory.LazyFunction(uuid4)
    name = "Sunrise hike"
    activity_type = "HIKING"
    difficulty = Difficulty.EASY
    region_id = REGION_ID
    duration = timedelta(hours=3)
    min_participants = 4
    max_participants = 12
    is_active = True
    required_certifications = frozenset({"WILDERNESS_FIRST_AID"})
    age_minimum = 8


class GuideFactory(factory.Factory[Guide]):
    """An active hiking guide with first aid, for groups of up to ten."""

    class Meta:
        model = Guide

    id = factory.LazyFunction(uuid4)
    name = factory.Sequence(lambda n: f"Guide {n}")
    region_ids = ("pacific_northwest",)
    certifications = frozenset({"WILDERNESS_FIRST_AID"})
    activities = frozenset({"HIKING"})
    is_active = True
    status = "ACTIVE"
    max_group_size = 10
    years_experience = 5
    average_rating = 4.5
    languages = frozenset({"en"})


class TrailFactory(factory.Factory[Trail]):
    class Meta:
        model = Trail

    id = factory.LazyFunction(uuid4)
    name = factory.Sequence(lambda n: f"Trail {n}")
    region_id = REGION_ID
    activities = frozenset({"HIKING"})
    difficulty = Difficulty.EASY
    elevation_gain_m = 120.0
    max_group_size = 15
    status = "OPEN"
    is_year_round = True
    opens_on = None
    open_until = None
    surface = "DRY"


def snapshot_of(
    *,
    guides: Iterable[Guide] = (),
    trips: Iterable[Trip] = (),
    trails: Iterable[Trail] = (),
    days: Iterable[date] = (TOMORROW,),
    base_camp: Location | None = None,
) -> Snapshot:
    """Return a snapshot of one region in which all guides are available and hold the certificates they list."""
    guides, days = list(guides), tuple(days)
    certificates = {
        guide.id: tuple(Certificate(name, True, None) for name in sorted(guide.certifications)) for guide in guides
    }
    return Snapshot(
        taken_at=timezone.now(),
        days=days,
        regions={REGION_ID: RegionFactory()},
        trips={trip.id: trip for trip in trips},
        guides={guide.id: guide for guide in guides},
        available={day: frozenset(guide.id for guide in guides) for day in days},
        certificates=certificates,
        trails={trail.id: trail for trail in trails},
        locations={REGION_ID: base_camp} if base_camp else {},
    )


def entered_tomorrow(adjustments: Mapping[UUID, GuideAdjustments] | None = None) -> EntriesByDate:
    return EntriesByDate({TOMORROW: adjustments or {}})


def facts_of(**values: object) -> Facts:
    return Facts(snapshot=snapshot_of(**values))  # type: ignore[arg-type]


def lead(guide: Guide) -> TeamMember:
    """Return `guide` as the confirmed lead of a team."""
    return TeamMemberFactory(guide_id=guide.id, guide_name=guide.name)
