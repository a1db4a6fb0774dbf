"""The document of a date: parsing to typed objects and serialisation."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from scheduling.domain.document import (
    Announcement,
    AssignmentStatus,
    AvailabilityException,
    Departure,
    DepartureStatus,
    ScheduleDocument,
    changed_departures,
)
from scheduling.domain.facts import Span
from scheduling.rules.inputs import merged_adjustments
from tests.factories import REGION_ID, TOMORROW, DepartureFactory, GuideFactory, TeamMemberFactory, at, lead

KEY, GUIDE = UUID("00000000-0000-4000-8000-000000000001"), UUID("00000000-0000-4000-8000-000000000002")
STORED: dict[str, Any] = {
    "departures": {
        str(KEY): {
            "trip_id": str(GUIDE),
            "trip_name": "Sunrise hike",
            "activity_type": "HIKING",
            "region_id": str(REGION_ID),
            "starts_at": "2027-03-13T22:00:00-08:00",
            "ends_at": "2027-03-15T00:30:00-07:00",
            "participants": 3,
            "capacity": 12,
            "status": "DRAFT",
            "team": [],
            "reservations": {str(GUIDE): 3},
            "of_another_team": {"kept": None},
        }
    },
    "guide_adjustments": {
        str(GUIDE): {
            "availability_exceptions": [{"from": "2027-03-13", "to": "2027-03-14T12:00:00Z", "reason": "leave"}],
            "restrictions": [{"kind": "NO_GUIDING", "until": None}],
            "guide_notes": "knee",
        }
    },
    "of_a_later_version": [1, 2],
}


def test_what_is_read_is_written_back_as_it_was() -> None:
    assert ScheduleDocument.read(STORED).write() == STORED


def test_an_absent_value_stays_absent_and_an_unknown_null_stays_null() -> None:
    written = ScheduleDocument.read(STORED).write()["departures"][str(KEY)]

    assert "trail_id" not in written
    assert written["of_another_team"] == {"kept": None}


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValidationError, match="starts_at"):
        Departure.model_validate(STORED["departures"][str(KEY)] | {"starts_at": "2027-03-13T22:00:00"})


def test_the_departures_that_differ_are_found_by_their_ids() -> None:
    same, other, gone, new = uuid4(), uuid4(), uuid4(), uuid4()
    departures = {key: DepartureFactory() for key in (same, other, gone)}
    before = ScheduleDocument(departures=departures)
    after = before.copy_for_editing()
    after.departures[other].capacity = 3
    after.departures[new] = after.departures.pop(gone)

    assert changed_departures(before, after) == {other, gone, new}


@pytest.mark.parametrize(("sold", "reserved", "expected"), [(None, [], 0), (5, [3], 5), (2, [2, 3], 5)])
def test_participants_are_the_seats_sold_or_the_reservations_where_those_are_more(
    sold: int | None, reserved: list[int], expected: int
) -> None:
    departure = DepartureFactory(catalog_participants=sold, reservations={uuid4(): count for count in reserved})

    departure.count_participants()

    assert departure.participants == expected


def test_a_plan_that_differs_from_what_people_were_told_is_unpublished() -> None:
    guide = GuideFactory()
    announced = Announcement(guide_ids=[guide.id], starts_at=at(9))
    published = DepartureFactory(status=DepartureStatus.PUBLISHED, team=[lead(guide)], published=announced)

    def differs(**changes: object) -> bool:
        return bool(published.model_copy(update=changes).has_unpublished_changes)

    assert not differs()
    assert not differs(capacity=3)
    assert differs(team=[])
    assert differs(trail_id=uuid4())
    assert differs(starts_at=at(10))
    assert differs(status=DepartureStatus.CANCELLED)
    assert differs(published=None)


def test_an_unstaffed_draft_has_nothing_to_tell() -> None:
    assert not DepartureFactory().has_unpublished_changes


def test_one_member_who_awaits_approval_makes_the_team_await_it() -> None:
    waiting = TeamMemberFactory(assignment_status=AssignmentStatus.PENDING_APPROVAL)

    assert DepartureFactory(team=[TeamMemberFactory(), waiting]).needs_approval
    assert not DepartureFactory(team=[TeamMemberFactory()]).needs_approval


def test_a_departure_has_started_from_its_start() -> None:
    departure = DepartureFactory()

    assert departure.has_started(at(9))
    assert not departure.has_started(at(9) - timedelta(seconds=1))
    assert DepartureFactory(status=DepartureStatus.IN_PROGRESS).has_started(at(1))


@pytest.mark.parametrize(
    ("first", "last", "touches"),
    [
        (TOMORROW, TOMORROW, True),
        (TOMORROW - timedelta(days=1), TOMORROW - timedelta(days=1), False),
        (at(8), at(9), False),
        (at(8), at(9, 1), True),
        (at(11, 59), TOMORROW, True),
        (at(12), TOMORROW, False),
    ],
)
def test_time_off_is_of_whole_days_with_both_ends_or_of_instants_without_the_last(
    first: object, last: object, touches: bool
) -> None:
    window = AvailabilityException.model_validate({"from": str(first), "to": str(last)})

    assert window.touches(Span(at(9), at(12))) is touches


def test_what_a_guide_entered_on_several_dates_counts_together() -> None:
    document = ScheduleDocument.read(STORED)
    entered = document.guide_adjustments[GUIDE]
    other = entered.model_copy(update={"max_group_size": 4, "guide_notes": "back", "restrictions": ["x"]})

    merged = merged_adjustments([entered, other])

    assert (merged.max_group_size, merged.guide_notes) == (4, "knee; back")
    assert merged.restrictions == [*entered.restrictions, "x"]
    assert merged.availability_exceptions == entered.availability_exceptions, "the same absence is one"


def test_guests_who_were_moved_off_are_not_counted_again_with_what_the_catalog_sold() -> None:
    moved, staying = uuid4(), uuid4()
    departure = DepartureFactory(catalog_participants=9, reservations={moved: 4, staying: 2}, participants=9)

    departure.release_guests({moved})
    departure.count_sold(9)

    assert (departure.participants, departure.moved_guests) == (5, {moved: 4})
    departure.take_guests({moved: 4, staying: 2})
    departure.count_sold(9)
    assert (departure.participants, departure.moved_guests) == (9, None)


MOVED, STAYING, OTHER = (UUID(int=number) for number in (1, 2, 3))


def half_empty(**fields: Any) -> Departure:
    """Nine seats sold, six of them to reservations that are known."""
    return DepartureFactory(reservations={MOVED: 4, STAYING: 2}, **{"catalog_participants": 9, **fields})


@pytest.mark.parametrize(
    ("figures", "participants"),
    [
        ([9, 9], 5),
        ([5], 5),
        ([9, 5, 5], 5),
        ([7, 5], 5),
        ([9, 5, 7], 7),
        ([5, 9], 9),
        ([11, 7], 7),
        ([9, 0], 2),
    ],
    ids=str,
)
def test_guests_whom_the_catalog_drops_after_they_were_moved_off_are_not_taken_off_twice(
    figures: list[int], participants: int
) -> None:
    departure = half_empty()

    departure.release_guests({MOVED})
    for sold in figures:
        departure.count_sold(sold)

    assert departure.participants == participants


def test_guests_whom_the_catalog_dropped_before_they_are_moved_off_leave_those_who_are_seated() -> None:
    departure = half_empty()

    departure.count_sold(5)
    assert departure.participants == 6, "by the reservations"
    departure.release_guests({MOVED})
    departure.count_sold(5)

    assert departure.participants == 2


def test_a_figure_read_for_the_first_time_after_guests_were_moved_off_is_taken_whole() -> None:
    departure = half_empty(catalog_participants=None)

    departure.release_guests({MOVED})
    departure.count_sold(5)

    assert departure.participants == 5


def test_another_sale_counts_whatever_the_catalog_dropped_before() -> None:
    departure = half_empty()
    departure.release_guests({MOVED})
    departure.count_sold(6)

    departure.take_guests({STAYING: 2, OTHER: 3})
    departure.count_sold(9)

    # One of those who were moved may still be among the nine.
    assert departure.participants == 8


def test_a_plan_made_before_guests_were_moved_off_takes_them_off_as_it_is_stored() -> None:
    planned, current = half_empty(), half_empty()
    planned.count_sold(9)

    current.release_guests({MOVED})
    current.take_plan(planned)

    assert (current.participants, current.moved_guests) == (5, {MOVED: 4})
