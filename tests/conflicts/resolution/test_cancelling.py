"""Cancelling a departure to end its conflict: one write, and no sibling is asked, as for a patch that cancels."""

import pytest

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.errors import ConflictAlreadyResolved
from conflicts.models import ScheduleConflict
from conflicts.options import Option, option_id, stored_options
from conflicts.resolution.services import resolve_conflict
from conflicts.steps import Cancel
from scheduling.models import DailySchedule
from scheduling.siblings.errors import SiblingUnavailable
from tests.conflicts.factories import IN_THREE_DAYS, conflict_of, overfull

pytestmark = pytest.mark.django_db


def too_full() -> tuple[ScheduleConflict, Option]:
    """An overfull departure of one date, and the option to cancel it, while no sibling is there to be asked."""
    conflict = overfull(IN_THREE_DAYS)
    [departure_id] = conflict.details["departure_ids"]
    steps = (Cancel(day=IN_THREE_DAYS, departure_id=departure_id),)
    option = Option(
        id=option_id(conflict.pk, Strategy.RESCHEDULE_TRIP, steps),
        strategy=Strategy.RESCHEDULE_TRIP,
        description="It is cancelled.",
        impact_assessment="",
        estimated_affected_guests=16,
        requires_guest_notification=True,
        steps=steps,
    )
    conflict.details |= stored_options([option], rev=conflict.schedule.rev)
    conflict.save(update_fields=["details"])
    return conflict, option


def test_a_departure_is_cancelled_though_no_sibling_answers() -> None:
    conflict, option = too_full()

    resolved = resolve_conflict(conflict.pk, option.id, by="ana")

    [departure] = DailySchedule.objects.get(schedule_date=IN_THREE_DAYS).document.departures.values()
    without_place = ScheduleConflict.objects.open().get()
    assert departure.is_cancelled
    assert without_place.details["cause"] == Cause.GUESTS_WITHOUT_PLACE
    assert resolved.new_conflicts_created == [str(without_place.pk)]


def test_it_is_cancelled_once() -> None:
    conflict, option = too_full()
    resolve_conflict(conflict.pk, option.id, by="ana")

    with pytest.raises(ConflictAlreadyResolved):
        resolve_conflict(conflict.pk, option.id, by="ben")

    assert DailySchedule.objects.get(schedule_date=IN_THREE_DAYS).rev == conflict.schedule.rev + 1


def test_whether_a_base_camp_has_room_again_is_asked() -> None:
    conflict, option = too_full()
    conflict_of(IN_THREE_DAYS, cause=Cause.LOCATION_CAPACITY)

    with pytest.raises(SiblingUnavailable):
        resolve_conflict(conflict.pk, option.id, by="ana")

    [departure] = DailySchedule.objects.get(schedule_date=IN_THREE_DAYS).document.departures.values()
    assert not departure.is_cancelled
