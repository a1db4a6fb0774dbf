from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from novatrek_scheduling.console.board.hearing import Source
from novatrek_scheduling.console.board.rows import BoardRow
from novatrek_scheduling.console.board.tiles import Tiles, tiles_of
from novatrek_scheduling.console.states import state_of
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.domain.facts import Closure, Location, Sibling, Snapshot, Span, WeatherAlert, WeatherOutlook
from scheduling.rules import HazardFact
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    TeamMemberFactory,
    TrailFactory,
    at,
    snapshot_of,
)

DAY = Span(at(0), at(23))


def tiles(snapshot: Snapshot, *departures: Departure, hazards: Sequence[HazardFact] = ()) -> Tiles:
    rows = [
        BoardRow(uuid4(), TOMORROW, departure, state_of(departure, (), (), at(6)), "Here", is_out_since=False)
        for departure in departures
    ]
    silent = tuple(Source(sibling, why, None) for sibling, why in snapshot.unknown.items())
    return tiles_of(TOMORROW, rows, (), snapshot, hazards, [REGION_ID], silent)


def test_trails_are_open_restricted_or_closed_a_hazard_counting_as_well() -> None:
    minor = Closure(uuid4(), "Logs", TOMORROW, None, is_severe=False)
    usable, partly, shut = TrailFactory(), TrailFactory(closures=(minor,)), TrailFactory(name="Rim", status="CLOSED")
    bear = TrailFactory(name="Creek")
    hazard = HazardFact(uuid4(), "bear sighted", DAY, trail_ids=frozenset({bear.id}), closes_trails=True)

    found = tiles(snapshot_of(trails=[usable, partly, shut, bear]), hazards=[hazard]).trails

    assert (found.open, found.restricted, found.closed, found.closed_names) == (1, 1, 2, ("Creek", "Rim"))


def test_a_base_camp_is_as_full_as_at_its_fullest_hour() -> None:
    camp = Location(uuid4(), REGION_ID, max_capacity=20)
    first, same_hour, later = (
        DepartureFactory(location_id=camp.id, participants=8, team=[TeamMemberFactory()], **times)
        for times in ({}, {}, {"starts_at": at(13), "ends_at": at(15)})
    )

    [shown] = tiles(snapshot_of(base_camp=camp), first, same_hour, later).camps

    assert (shown.people, shown.places, shown.share, shown.tone) == (16, 20, 80, "good")


def test_alerts_of_the_date_are_named_and_those_that_are_over_are_not() -> None:
    snapshot = replace(
        snapshot_of(),
        outlooks={(REGION_ID, TOMORROW): WeatherOutlook.RAIN_LIKELY},
        alerts={REGION_ID: (alert("Storm", active=True), alert("Frost", active=False))},
    )

    [shown] = tiles(snapshot).weather

    assert (shown.word, shown.alerts, shown.is_pressing) == ("rain likely", ("Storm",), True)


def test_the_day_counts_guests_of_what_goes() -> None:
    staffed = DepartureFactory(participants=6, team=[TeamMemberFactory(score=1.0)])
    unstaffed, cancelled = DepartureFactory(participants=2), DepartureFactory(status=DepartureStatus.CANCELLED)

    found = tiles(snapshot_of(), staffed, unstaffed, cancelled)

    assert (found.staffed, found.going, found.served, found.guests) == (1, 2, 6, 8)
    assert found.score == 60 * 6 / 8 + 20 + 20


def test_trails_are_not_known_while_their_service_is_silent() -> None:
    silent = replace(snapshot_of(), unknown={Sibling.TRAIL_MANAGEMENT: "svc-trail-management did not answer."})

    found = tiles(silent)

    assert not found.knows_trails


def alert(title: str, *, active: bool) -> WeatherAlert:
    return WeatherAlert(uuid4(), UUID(int=1), "WARNING", title, DAY, frozenset(), active)
