"""Of a large date, whoever works on some of its departures reads these alone: others stay as they are stored."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from scheduling.daily_schedules.catalog_aliases import find_aliases
from scheduling.daily_schedules.catalog_sync import merge_catalog
from scheduling.daily_schedules.guide_names import rename_guides
from scheduling.daily_schedules.surroundings import departures_elsewhere
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import CatalogDeparture, Span
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TripFactory,
    at,
    lead,
    snapshot_of,
)
from tests.scheduling.writes import put, write_in_sql

HERE, THERE = UUID(int=1), UUID(int=2)
CAMP, OTHER_CAMP = UUID(int=3), UUID(int=4)
DAY_AFTER = TOMORROW + timedelta(days=1)


def as_stored(departures: Mapping[UUID, Departure]) -> ScheduleDocument:
    return ScheduleDocument.read(ScheduleDocument(departures=departures).write())


def test_names_that_are_right_are_not_read_and_those_that_are_not_are_mended() -> None:
    ana, ben = GuideFactory(name="Ana"), GuideFactory(name="Ben")
    renamed = replace(ben, name="Other")
    document = as_stored({HERE: DepartureFactory(team=[lead(ana)]), THERE: DepartureFactory(team=[lead(ben)])})

    rename_guides([document], {ana.id: ana, ben.id: renamed})

    assert document.departures.looked_at == {THERE}
    assert document.departures[THERE].team[0].guide_name == renamed.name


@pytest.mark.parametrize(
    "team",
    [
        pytest.param("nobody", id="text"),
        pytest.param([{"guide_id": "no id", "guide_name": "Ana"}], id="no id"),
        pytest.param([None], id="nothing in it"),
        pytest.param(None, id="nothing"),
    ],
)
def test_a_team_that_is_not_as_we_store_it_hinders_no_other_name(team: Any) -> None:
    ana = GuideFactory(name="Ana")
    document = as_stored({HERE: DepartureFactory(team=[lead(ana)]), THERE: DepartureFactory()})
    raw = document.write()
    raw["departures"][str(THERE)]["team"] = team
    document = ScheduleDocument.read(raw)

    rename_guides([document], {ana.id: replace(ana, name="Other")})

    assert document.departures[HERE].team[0].guide_name == replace(ana, name="Other").name
    assert document.write()["departures"][str(THERE)] == raw["departures"][str(THERE)]


@pytest.mark.django_db
def test_aliases_of_some_trips_read_none_that_the_catalog_lists_of_others() -> None:
    ours, theirs = TripFactory(), TripFactory()
    listed = (_listed(HERE, ours.id), _listed(THERE, theirs.id))
    snapshot = replace(snapshot_of(trips=[ours, theirs]), departures={TOMORROW: listed})
    made_here = uuid4()
    document = as_stored(
        {
            made_here: DepartureFactory(trip_id=ours.id, starts_at=at(8), ends_at=at(11)),
            THERE: DepartureFactory(trip_id=theirs.id, starts_at=at(8), ends_at=at(11)),
        }
    )

    assert find_aliases(TOMORROW, snapshot, document, {ours.id}) == {HERE: made_here}
    assert THERE not in document.departures.looked_at


def test_what_the_catalog_adds_to_a_region_leaves_the_departures_of_others_unread() -> None:
    trip = TripFactory(region_id=REGION_ID)
    snapshot = replace(snapshot_of(trips=[trip]), departures={TOMORROW: (_listed(HERE, trip.id),)})
    document = as_stored({THERE: DepartureFactory()})

    merge_catalog(document, TOMORROW, snapshot, region_ids={REGION_ID}, aliases={}, elsewhere=(), now=at(0))

    assert HERE in document.departures
    assert document.departures.looked_at == {HERE}


@pytest.mark.django_db
def test_departures_of_other_dates_are_those_from_the_same_base_camps() -> None:
    here, there = _overnight(CAMP), _overnight(OTHER_CAMP)
    put({HERE: here, THERE: there}, TOMORROW)
    span = Span(at(6, day=DAY_AFTER), at(12, day=DAY_AFTER))

    assert departures_elsewhere([span], [DAY_AFTER], {CAMP}) == [here]
    assert departures_elsewhere([span], [DAY_AFTER], ()) == []
    assert departures_elsewhere([span], [TOMORROW], {CAMP}) == []
    assert len(departures_elsewhere([span], [DAY_AFTER])) == 2


@pytest.mark.django_db
def test_a_base_camp_that_sql_spelled_otherwise_is_found_too() -> None:
    put({HERE: _overnight(CAMP)}, TOMORROW)
    write_in_sql(f"{{departures,{HERE},location_id}}", f'"{CAMP.hex.upper()}"')

    span = Span(at(6, day=DAY_AFTER), at(12, day=DAY_AFTER))
    assert [departure.location_id for departure in departures_elsewhere([span], [DAY_AFTER], {CAMP})] == [CAMP]


def _overnight(camp: UUID) -> Departure:
    ends_at = at(10, day=DAY_AFTER)
    return DepartureFactory(location_id=camp, starts_at=at(20), ends_at=ends_at, team=[lead(GuideFactory())])


def _listed(catalog_id: UUID, trip_id: UUID) -> CatalogDeparture:
    return CatalogDeparture(catalog_id, trip_id, TOMORROW, "08:00", 12, 12, is_cancelled=False)
