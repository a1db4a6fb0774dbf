"""Aliases: departures of ours that the catalog lists under ids of its own."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from scheduling.daily_schedules.catalog_aliases import find_aliases, record_alias
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import CatalogDeparture
from tests.factories import TOMORROW, DepartureFactory, TripFactory, at, snapshot_of

pytestmark = pytest.mark.django_db

TRIP = TripFactory()
OURS = departure_id_of(TRIP.id, TOMORROW, "08:00")
FIRST, SECOND = UUID(int=1), UUID(int=2)


def listed(catalog_id: UUID, *, is_cancelled: bool = False) -> CatalogDeparture:
    return CatalogDeparture(catalog_id, TRIP.id, TOMORROW, "08:00", 12, 12, is_cancelled)


def of_trip(hour: int = 8) -> Departure:
    return DepartureFactory(trip_id=TRIP.id, starts_at=at(hour), ends_at=at(hour + 3))


def aliases(departures: dict[UUID, Departure], *catalog_departures: CatalogDeparture) -> dict[UUID, UUID]:
    snapshot = replace(snapshot_of(trips=[TRIP]), departures={TOMORROW: catalog_departures})
    return find_aliases(TOMORROW, snapshot, ScheduleDocument(departures=departures))


def pair(ours: UUID, catalog_id: UUID) -> None:
    record_alias(ours, catalog_id, trip_id=TRIP.id, day=TOMORROW)


def test_a_departure_of_ours_is_known_by_its_trip_date_and_time() -> None:
    assert aliases({OURS: of_trip()}, listed(FIRST)) == {FIRST: OURS}
    assert aliases({OURS: of_trip(hour=13)}, listed(FIRST)) == {FIRST: OURS}


def test_what_the_document_has_under_the_catalogs_own_id_is_nobody_elses() -> None:
    assert aliases({FIRST: of_trip()}, listed(FIRST), listed(SECOND)) == {}


def test_of_two_that_the_catalog_lists_at_one_time_one_is_ours_whatever_their_order() -> None:
    assert aliases({OURS: of_trip()}, listed(FIRST), listed(SECOND)) == {FIRST: OURS}
    assert aliases({OURS: of_trip()}, listed(SECOND), listed(FIRST)) == {FIRST: OURS}


def test_a_departure_that_is_paired_already_is_no_other_one_at_its_time() -> None:
    pair(OURS, SECOND)

    assert aliases({OURS: of_trip()}, listed(FIRST), listed(SECOND)) == {SECOND: OURS}
    assert aliases({OURS: of_trip()}, listed(FIRST)) == {}


def test_one_that_runs_is_ours_rather_than_one_that_the_catalog_called_off() -> None:
    assert aliases({OURS: of_trip()}, listed(FIRST, is_cancelled=True), listed(SECOND)) == {SECOND: OURS}


def test_two_of_ours_at_one_time_are_one_each_of_the_catalogs() -> None:
    earlier_id, later_id = sorted((uuid4(), uuid4()))
    twins = {later_id: of_trip(), earlier_id: of_trip()}

    assert aliases(twins, listed(FIRST), listed(SECOND)) == {FIRST: earlier_id, SECOND: later_id}
