"""Departures at another time: as long as they were over a change of clocks, and never two of a trip at once."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from conflicts.detection import Cause, ConflictType
from conflicts.resolution.judging import solution_of
from conflicts.resolution.problem import Problem, SharedFacts
from optimization.candidates.scoring import pairing_score
from optimization.requests.date_score import Availability
from optimization.requests.query import TripQuery
from optimization.requests.recommendation import rank_dates
from optimization.strategies.reschedule_trip import search_other_times
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import CatalogDeparture, Snapshot
from scheduling.domain.local_time import combine, span_of_day
from scheduling.requests.submission import Constraints
from scheduling.rules import EntriesByDate, Facts
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    RegionFactory,
    TripFactory,
    lead,
    snapshot_of,
)
from tests.scheduling.writes import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("siblings")]

DENVER = ZoneInfo("America/Denver")
A_DAY = timedelta(hours=24)
TRIP = TripFactory(name="Ridge overnight", min_participants=4, max_participants=12, duration=A_DAY)
STROLL = TripFactory(name="Lake stroll", required_certifications=frozenset())
ANA = GuideFactory(name="Ana")
# Made for nine o'clock: that is what the id says.
OWN_STARTS = ("07:00", "08:00", "09:00", "10:00", "11:00", "12:00")
OURS = departure_id_of(TRIP.id, TOMORROW, "09:00")


def night_of(hours: int) -> date:
    """The next date before departure that has so many hours in Denver."""
    coming = (TOMORROW + timedelta(days=n) for n in range(4, 400))
    return next(day for day in coming if _hours(day + timedelta(days=1)) == hours)


def _hours(day: date) -> float:
    span = span_of_day(day, DENVER)
    return (span.ends_at - span.starts_at) / timedelta(hours=1)


def local(day: date, clock: str) -> datetime:
    return combine(day, clock, DENVER).astimezone(DENVER)


def outing(day: date, clock: str, duration: timedelta = A_DAY, **fields: object) -> Departure:
    """A departure of the trip, as it is read from a document."""
    starts_at = combine(day, clock, DENVER)
    times = {"starts_at": starts_at.astimezone(DENVER), "ends_at": (starts_at + duration).astimezone(DENVER)}
    made = DepartureFactory(**{"trip_id": TRIP.id, "trip_name": TRIP.name} | times | fields)
    return Departure.model_validate(made.model_dump(mode="json", by_alias=True))


def stroll(day: date, clock: str, duration: timedelta) -> Departure:
    """What Ana leads meanwhile."""
    return outing(day, clock, duration, trip_id=STROLL.id, trip_name=STROLL.name, team=[lead(ANA)])


def knowing(*days: date, ana_is_away_on: date | None = None) -> Snapshot:
    snapshot = snapshot_of(guides=[ANA], trips=[TRIP, STROLL], days=days)
    available = {**snapshot.available, **({ana_is_away_on: frozenset()} if ana_is_away_on else {})}
    regions, usual = {REGION_ID: RegionFactory(timezone=DENVER)}, {TRIP.id: "08:00"}
    return replace(snapshot, regions=regions, usual_times=usual, available=available)


def other_times(snapshot: Snapshot, day: date, departures: Mapping[UUID, Departure]) -> Iterator[Departure]:
    """The times offered for our departure, of which a conflict says that its guide is away."""
    documents = {day: ScheduleDocument() for day in snapshot.days}
    documents[day].departures = dict(departures)
    details = {"cause": Cause.NOT_AVAILABLE, "departure_ids": [str(OURS)], "fingerprint": "gone"}
    facts = Facts(snapshot=snapshot, past_starts={TRIP.id: dict.fromkeys(OWN_STARTS, 1)})
    problem = Problem(
        conflict_id=uuid4(),
        conflict_type=ConflictType.GUIDE_DOUBLE_BOOKED,
        details=details | {"conflict_date": day.isoformat()},
        documents=documents,
        revisions=dict.fromkeys(documents, 1),
        shared=SharedFacts(facts, lambda known, _: known),
        entered=EntriesByDate(),
        commitments={},
        score=pairing_score,
        now=local(day - timedelta(days=2), "08:00"),
    )
    for solution in islice(filter(None, (solution_of(problem, steps) for _, steps in search_other_times(problem))), 3):
        changed = (d for document in solution.changed.values() for d in document.departures.values())
        yield next(d for d in changed if d.trip_id == TRIP.id and not d.is_cancelled and d not in departures.values())


@pytest.mark.parametrize("hours", [23, 25])
def test_a_trip_that_is_moved_over_a_change_of_clocks_takes_as_long_as_before(hours: int) -> None:
    day = night_of(hours)
    snapshot = knowing(*(day + timedelta(days=n) for n in range(-1, 3)), ana_is_away_on=day - timedelta(days=1))
    booked = outing(day - timedelta(days=1), "10:00", team=[lead(ANA)])

    moved = list(other_times(snapshot, day - timedelta(days=1), {OURS: booked}))

    assert {departure.starts_at.date() for departure in moved} == {day}
    assert {departure.ends_at - departure.starts_at for departure in moved} == {A_DAY}


def sold_at(clock: str, departure_id: UUID) -> CatalogDeparture:
    return CatalogDeparture(departure_id, TRIP.id, TOMORROW, clock, 12, 4, is_cancelled=False)


def test_on_its_own_date_a_trip_is_not_moved_to_when_another_of_it_departs() -> None:
    snapshot = replace(knowing(TOMORROW), departures={TOMORROW: (sold_at("11:00", uuid4()),)})
    ours = outing(TOMORROW, "10:00", timedelta(hours=1), team=[lead(ANA)])
    another = outing(TOMORROW, "09:00", timedelta(hours=1))

    moved = other_times(snapshot, TOMORROW, {OURS: ours, uuid4(): another})

    assert [f"{departure.starts_at:%H:%M}" for departure in moved] == ["08:00", "12:00", "07:00"]


@pytest.mark.parametrize("catalog_id", [OURS, UUID(int=1)])
def test_a_trip_may_go_back_to_when_the_catalog_sells_it(catalog_id: UUID) -> None:
    snapshot = replace(knowing(TOMORROW), departures={TOMORROW: (sold_at("09:00", catalog_id),)})

    moved = other_times(snapshot, TOMORROW, {OURS: outing(TOMORROW, "10:00", timedelta(hours=1), team=[lead(ANA)])})

    assert [f"{departure.starts_at:%H:%M}" for departure in moved] == ["09:00", "11:00", "08:00"]


@pytest.mark.parametrize(
    ("next_start", "availability"), [("22:30", Availability.UNAVAILABLE), ("23:15", Availability.WAITLIST)]
)
def test_a_date_waits_for_another_time_only_if_a_night_short_of_an_hour_leaves_its_guide_enough_rest(
    next_start: str, availability: Availability
) -> None:
    day = night_of(23)
    morning, evening = ("05:00", timedelta(hours=8, minutes=15)), (next_start, timedelta(minutes=30))
    put({uuid4(): outing(day, "08:00", participants=6), uuid4(): stroll(day, *morning)}, day)
    put({uuid4(): stroll(day + timedelta(days=1), *evening)}, day + timedelta(days=1))
    listed = CatalogDeparture(uuid4(), TRIP.id, day + timedelta(days=1), "14:00", 12, 4, is_cancelled=False)
    snapshot = replace(knowing(day, day + timedelta(days=1)), departures={day + timedelta(days=1): (listed,)})

    [ranked_date] = rank_dates(TripQuery(TRIP.id, (day,), Constraints()), snapshot, deadline_seconds=2).dates

    assert ranked_date.availability is availability
