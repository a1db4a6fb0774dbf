"""Conflicts with the catalog, from what the departure itself keeps of it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from conflicts.detection import Severity
from scheduling.domain.catalog_listing import CatalogListing, ListingState
from scheduling.domain.document import DepartureStatus
from tests.conflicts.detection.scenes import causes, detect_among
from tests.factories import TOMORROW, CatalogListingFactory, DepartureFactory, at

BASE = CatalogListingFactory(read_at=at(5))


def listed(**changes: Any) -> CatalogListing:
    return BASE.model_copy(update=changes)


def test_another_date_or_time_in_the_catalog() -> None:
    change = listed(schedule_date=TOMORROW + timedelta(days=1), local_time="10:15")

    [conflict] = detect_among(DepartureFactory(catalog=BASE, catalog_change=change)).conflicts

    assert (conflict.cause, conflict.type.value) == ("CATALOG_MOVED", "GUIDE_DOUBLE_BOOKED")
    assert f"on {change.schedule_date} at 10:15" in conflict.description
    assert conflict.source_service == "svc-trip-catalog"
    assert conflict.read_at == {"svc-trip-catalog": at(5).isoformat()}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ListingState.CANCELLED, "the catalog cancelled it"),
        (ListingState.NOT_LISTED, "the catalog no longer lists it"),
        (ListingState.TRIP_NOT_FOR_SALE, "the catalog no longer sells the trip"),
    ],
)
def test_a_departure_that_the_catalog_does_not_sell(state: ListingState, reason: str) -> None:
    [conflict] = detect_among(DepartureFactory(catalog=BASE, catalog_change=listed(state=state))).conflicts

    assert (conflict.cause, conflict.type.value) == ("CATALOG_CANCELLED", "CAPACITY_EXCEEDED")
    assert reason in conflict.description


def test_one_that_is_under_way_is_critical() -> None:
    under_way = DepartureFactory(
        catalog=BASE, catalog_change=listed(local_time="10:00"), status=DepartureStatus.IN_PROGRESS, participants=0
    )

    [conflict] = detect_among(under_way).conflicts

    assert conflict.severity is Severity.CRITICAL


def test_another_change_is_the_same_conflict_with_other_evidence() -> None:
    """So a person who looks at it sees the latest, and what was computed for the former does not apply."""
    key = uuid4()

    def conflict_with(change: CatalogListing) -> Any:
        return detect_among(DepartureFactory(trip_id=key, catalog=BASE, catalog_change=change)).conflicts[0]

    first, second = (conflict_with(listed(local_time=time)) for time in ("10:00", "11:00"))
    assert first.evidence_digest != second.evidence_digest


def test_a_departure_in_line_with_the_catalog_and_one_that_it_never_listed_are_none() -> None:
    detection = detect_among(DepartureFactory(catalog=BASE), DepartureFactory())

    assert causes(detection.conflicts) == []
    assert {cause for cause, _ in detection.judged} >= {"CATALOG_MOVED", "CATALOG_CANCELLED"}
