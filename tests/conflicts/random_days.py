"""Random days: three dates in two regions, staffed as they should be, and a few things that go wrong with them."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from scheduling.daily_schedules.catalog_aliases import departure_id_of
from scheduling.domain.document import Announcement, Departure, DepartureStatus, Role, ScheduleDocument, TeamMember
from scheduling.domain.facts import (
    CatalogDeparture,
    Certificate,
    Closure,
    Guide,
    Location,
    Region,
    Snapshot,
    Span,
    Trail,
    Trip,
    WeatherAlert,
)
from scheduling.rules import Facts
from tests.factories import DepartureFactory, GuideFactory, RegionFactory, TeamMemberFactory, TrailFactory, TripFactory

FIRST_AID = "WILDERNESS_FIRST_AID"
PLACES = 8
HALF = 0.5
ZONES = (ZoneInfo("America/Los_Angeles"), ZoneInfo("UTC"))
REGIONS = [RegionFactory(id=UUID(int=10 + n), name=f"Region {n}", timezone=zone) for n, zone in enumerate(ZONES)]
CAMPS = {region.id: Location(UUID(int=20 + n), region.id, 40) for n, region in enumerate(REGIONS)}
LENGTHS = (timedelta(hours=3), timedelta(hours=5), timedelta(hours=4))
HOURS = (("07:00", "11:00"), ("08:00", "13:00"), ("09:00", "14:00"))


@dataclass(frozen=True)
class Booking:
    """A reservation of some guests on a departure."""

    reservation_id: UUID
    departure_id: UUID
    trip_id: UUID
    day: date
    guests: int


@dataclass
class RandomDay:
    """Three dates as they are stored, and what the siblings say about them."""

    dice: random.Random
    days: tuple[date, ...]
    documents: dict[date, ScheduleDocument] = field(default_factory=dict)
    trips: dict[UUID, Trip] = field(default_factory=dict)
    guides: dict[UUID, Guide] = field(default_factory=dict)
    trails: dict[UUID, Trail] = field(default_factory=dict)
    away: set[tuple[UUID, date]] = field(default_factory=set)
    expired: set[UUID] = field(default_factory=set)
    alerts: dict[UUID, tuple[WeatherAlert, ...]] = field(default_factory=lambda: {r.id: () for r in REGIONS})
    listed: dict[date, tuple[CatalogDeparture, ...]] = field(default_factory=dict)
    bookings: list[Booking] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        """What the siblings say, on the dates around too."""
        known_days = tuple(self.days[0] + timedelta(days=n) for n in range(-4, 9))
        return Facts(
            Snapshot(
                taken_at=timezone.now(),
                days=known_days,
                regions={region.id: region for region in REGIONS},
                trips=self.trips,
                departures={day: self.listed.get(day, ()) for day in known_days},
                guides=self.guides,
                available={
                    day: frozenset(key for key in self.guides if (key, day) not in self.away) for day in known_days
                },
                certificates={key: (self._certificate(key),) for key in self.guides},
                trails=self.trails,
                alerts=self.alerts,
                locations=CAMPS,
            )
        )

    def _certificate(self, guide_id: UUID) -> Certificate:
        return Certificate(FIRST_AID, True, self.days[0] - timedelta(days=1) if guide_id in self.expired else None)

    def departures(self) -> list[tuple[date, UUID, Departure]]:
        """All departures that are still to go, with their dates and ids."""
        return [
            (day, key, departure)
            for day, document in self.documents.items()
            for key, departure in sorted(document.departures.items())
            if not departure.is_cancelled
        ]

    def some_departure(self, suits: Callable[[Departure], object] = lambda _: True) -> Departure | None:
        """One of the departures that `suits` accepts; None where it accepts none."""
        suitable = [departure for _, _, departure in self.departures() if suits(departure)]
        return self.dice.choice(suitable) if suitable else None


def random_day(seed: int) -> RandomDay:
    """Return the days of a seed: the same each time on the same date."""
    dice = random.Random(seed)
    first = timezone.now().date() + timedelta(days=3)
    made = RandomDay(dice, tuple(first + timedelta(days=n) for n in range(3)))
    _people_the_world(made)
    for day in made.days:
        made.documents[day] = ScheduleDocument(departures=dict(_departures_on(day, made)))
        made.listed[day] = tuple(_listings_on(day, made))
    for fault in dice.sample(FAULTS, dice.randint(1, 3)):
        fault(made)
        made.faults.append(fault.__name__)
    return made


def _people_the_world(made: RandomDay) -> None:
    dice = made.dice
    for n, region in enumerate(REGIONS):
        for m, length in enumerate(LENGTHS):
            trip = TripFactory(
                id=UUID(int=100 + 10 * n + m),
                name=f"Trip {n}{m}",
                region_id=region.id,
                duration=length,
                min_participants=1,
                required_certifications=frozenset({FIRST_AID}),
            )
            made.trips[trip.id] = trip
        for m in range(3):
            trail = TrailFactory(id=UUID(int=200 + 10 * n + m), name=f"Trail {n}{m}", region_id=region.id)
            made.trails[trail.id] = trail
    for n in range(9):
        homes = dice.choice([REGIONS[:1], REGIONS[1:], REGIONS, REGIONS[::-1]])
        guide = GuideFactory(
            id=UUID(int=300 + n),
            name=f"Guide {n}",
            region_ids=tuple(str(region.id) for region in homes),
            max_group_size=dice.choice([4, PLACES, PLACES, PLACES + 4]),
            years_experience=dice.randint(1, 20),
        )
        made.guides[guide.id] = guide


def _departures_on(day: date, made: RandomDay) -> Iterable[tuple[UUID, Departure]]:
    """Departures of the date, each with the first free guides of its region who may lead its group."""
    busy: set[UUID] = set()
    for trip in made.trips.values():
        for clock in made.dice.sample(HOURS[trip.id.int % 10], made.dice.randint(0, 2)):
            region = _region_of(trip)
            starts_at = datetime.combine(day, time.fromisoformat(clock), region.timezone)
            guests = made.dice.randint(1, PLACES)
            team = _team_for(guests, region, made, busy)
            key = departure_id_of(trip.id, day, clock)
            departure = _departure(trip, starts_at, guests, team, made)
            if made.dice.random() < HALF:
                _book_all(key, departure, day, made)
            yield key, departure


def _book_all(key: UUID, departure: Departure, day: date, made: RandomDay) -> None:
    """All guests of the departure booked here, in groups of up to three; of others only the catalog knows."""
    left = departure.participants
    while left:
        guests = min(left, made.dice.randint(1, 3))
        reservation_id = UUID(int=made.dice.getrandbits(128))
        made.bookings.append(Booking(reservation_id, key, departure.trip_id, day, guests))
        departure.reservations[reservation_id] = guests
        left -= guests


def _departure(trip: Trip, starts_at: datetime, guests: int, team: list[TeamMember], made: RandomDay) -> Departure:
    ends_at = starts_at + trip.duration
    departure: Departure = DepartureFactory(
        trip_id=trip.id,
        trip_name=trip.name,
        region_id=trip.region_id,
        trail_id=made.dice.choice([trail.id for trail in made.trails.values() if trail.region_id == trip.region_id]),
        location_id=CAMPS[trip.region_id].id,
        starts_at=starts_at,
        ends_at=ends_at,
        participants=guests,
        catalog_participants=guests,
        capacity=PLACES,
        team=team,
    )
    if team and made.dice.random() < HALF:
        departure.status = DepartureStatus.PUBLISHED
        departure.published = Announcement(
            guide_ids=[member.guide_id for member in team],
            lead_id=team[0].guide_id,
            trail_id=departure.trail_id,
            starts_at=starts_at,
            ends_at=ends_at,
        )
    return departure


def _team_for(guests: int, region: Region, made: RandomDay, busy: set[UUID]) -> list[TeamMember]:
    """The first free guides of the region who together may lead the guests; a guide has one departure a date."""
    free = [guide for guide in made.guides.values() if guide.works_in(region) and guide.id not in busy]
    team: list[Guide] = []
    while free and sum(guide.max_group_size for guide in team) < guests and len(team) < 3:
        team.append(free.pop(made.dice.randrange(len(free))))
    if sum(guide.max_group_size for guide in team) < guests:
        return []
    busy |= {guide.id for guide in team}
    return [_member(guide, position) for position, guide in enumerate(team)]


def _member(guide: Guide, position: int) -> TeamMember:
    role = Role.ASSISTANT if position else Role.LEAD
    member: TeamMember = TeamMemberFactory(
        guide_id=guide.id, guide_name=guide.name, role=role, certifications=[FIRST_AID]
    )
    return member


def _listings_on(day: date, made: RandomDay) -> Iterable[CatalogDeparture]:
    for key, departure in made.documents[day].departures.items():
        local = departure.starts_at.astimezone(_region_of(made.trips[departure.trip_id]).timezone)
        left = departure.capacity - departure.participants
        yield CatalogDeparture(key, departure.trip_id, day, f"{local:%H:%M}", departure.capacity, left, False)


def _region_of(trip: Trip) -> Region:
    return next(region for region in REGIONS if region.id == trip.region_id)


def trail_closed(made: RandomDay) -> None:
    if departure := made.some_departure(lambda d: d.trail_id):
        assert departure.trail_id
        closure = Closure(UUID(int=1), "rockfall", made.days[0], made.dice.choice([None, *made.days]), True)
        made.trails[departure.trail_id] = replace(made.trails[departure.trail_id], closures=(closure,))


def guide_away(made: RandomDay) -> None:
    if departure := made.some_departure(lambda d: d.team):
        guide = made.dice.choice(departure.team).guide_id
        made.away.add((guide, departure.starts_at.date()))


def guide_not_active(made: RandomDay) -> None:
    guide = made.dice.choice(list(made.guides.values()))
    made.guides[guide.id] = replace(guide, is_active=False, status="ON_LEAVE")


def certificate_expired(made: RandomDay) -> None:
    made.expired.add(made.dice.choice(list(made.guides)))


def storm_on_the_trail(made: RandomDay) -> None:
    if departure := made.some_departure(lambda d: d.trail_id):
        span = Span(departure.starts_at, departure.ends_at).widened(timedelta(hours=made.dice.choice([0, 3, 14])))
        trails = frozenset({departure.trail_id} if departure.trail_id else ())
        alert = WeatherAlert(UUID(int=2), departure.region_id, "WARNING", "Thunderstorms", span, trails, True)
        made.alerts[departure.region_id] = (alert,)


def too_many_guests(made: RandomDay) -> None:
    if departure := made.some_departure(lambda d: d.team):
        departure.catalog_participants = departure.capacity + made.dice.randint(1, 4)
        departure.count_participants()


def group_too_large_for_the_team(made: RandomDay) -> None:
    if departure := made.some_departure(lambda d: d.team):
        for member in departure.team:
            guide = made.guides[member.guide_id]
            made.guides[guide.id] = replace(guide, max_group_size=max(1, departure.participants // 3))


def trail_for_small_groups(made: RandomDay) -> None:
    if departure := made.some_departure(lambda d: d.trail_id and d.participants > 1):
        assert departure.trail_id
        trail = made.trails[departure.trail_id]
        made.trails[trail.id] = replace(trail, max_group_size=departure.participants - 1)


def lead_lost(made: RandomDay) -> None:
    if departure := made.some_departure(lambda d: d.team):
        departure.team = []


def double_booked(made: RandomDay) -> None:
    first, second = made.some_departure(lambda d: d.team), made.some_departure()
    if first and second and first is not second:
        second.team = [member.model_copy(deep=True) for member in first.team]


FAULTS: list[Callable[[RandomDay], None]] = [
    trail_closed,
    guide_away,
    guide_not_active,
    certificate_expired,
    storm_on_the_trail,
    too_many_guests,
    group_too_large_for_the_team,
    trail_for_small_groups,
    lead_lost,
    double_booked,
]
