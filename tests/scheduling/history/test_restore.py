"""Restoration of an earlier revision: what is restored, what stays, and the checks that apply."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import (
    Announcement,
    DepartureStatus,
    UnassignedReason,
)
from scheduling.errors import HardRuleViolated, StaleRevision, UnknownSchedule
from scheduling.history.restore import LeftOutReason, preview_restore
from scheduling.history.revisions import UnknownRevision
from scheduling.models import DailySchedule, GuideCommitment, ScheduleRevision
from scheduling.publication.services import publish_departures
from tests.factories import (
    DISPATCHER,
    TOMORROW,
    DepartureFactory,
    at,
)
from tests.scheduling.history.restores import ANA, BEN, FIRST, SECOND, TRIP, departure, restore, team, tentative
from tests.scheduling.writes import change, enter, put, stored
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db

YESTERDAY = TOMORROW - timedelta(days=2)


def latest() -> ScheduleRevision:
    return ScheduleRevision.objects.order_by("rev").reverse()[0]


def test_a_plan_comes_back_as_a_new_revision_of_whoever_restored_it() -> None:
    put({FIRST: departure(ANA)})
    change(FIRST, team=[], trail_id=uuid4(), unassigned_reason=UnassignedReason(code="NO_TEAM", message="Nobody."))

    restore(2, author=Author(AuthorKind.DISPATCHER, "eva"))

    back = stored()[FIRST]
    assert [member.guide_id for member in back.team] == [ANA.id]
    assert (back.trail_id, back.unassigned_reason) == (None, None)
    assert (latest().rev, latest().author, latest().cause) == (4, "eva", "revision 2 restored")
    assert GuideCommitment.objects.get().guide_id == ANA.id


def test_times_and_places_come_back_and_nothing_that_is_no_plan() -> None:
    put({FIRST: departure(ANA, capacity=12)})
    seats = {uuid4(): 9}
    change(FIRST, team=[], capacity=10, reservations=seats, participants=9, ends_at=at(13))
    enter(ANA.id, max_group_size=9)

    restore(2)

    now = stored()[FIRST]
    assert (now.capacity, now.participants, now.reservations, now.ends_at) == (12, 9, seats, at(12))
    assert DailySchedule.objects.get().document.guide_adjustments[ANA.id].max_group_size == 9
    assert latest().changes.keys() == {"departures"}
    assert latest().changes["departures"][str(FIRST)]["fields"].keys() == {"team", "capacity", "ends_at"}


def test_what_is_so_already_is_not_written() -> None:
    put({FIRST: departure(ANA)})
    change(FIRST, participants=7)

    restored = restore(2)

    assert restored.departure_ids == frozenset()
    assert DailySchedule.objects.get().rev == 3


def test_what_started_is_cancelled_came_later_or_is_gone_stays_as_it_is() -> None:
    started, cancelled, gone, later = (UUID(int=n) for n in range(3, 7))
    put({FIRST: departure(ANA), started: departure(ANA), cancelled: departure(ANA), gone: departure(ANA)})
    change(FIRST, team=[])
    change(started, team=[], status=DepartureStatus.IN_PROGRESS)
    change(cancelled, team=[], status=DepartureStatus.CANCELLED, rescheduled_to=uuid4())
    remove_and_add(gone, later)

    preview = preview_restore(TOMORROW, 2)
    restore(2)

    assert preview.departures.keys() == {FIRST}
    assert {key: why for key, (_, why) in preview.left_out.items()} == {
        started: LeftOutReason.STARTED,
        cancelled: LeftOutReason.CANCELLED,
        gone: LeftOutReason.GONE,
        later: LeftOutReason.NOT_YET_THERE,
    }
    assert {key for key, departure in stored().items() if departure.team} == {FIRST}


def test_a_departure_that_was_moved_is_back_at_its_time() -> None:
    put({FIRST: departure(ANA)})
    change(FIRST, starts_at=at(14), ends_at=at(17))

    restore(2)

    assert (stored()[FIRST].starts_at, stored()[FIRST].ends_at) == (at(9), at(12))


def test_a_cancelled_departure_is_reinstated_and_as_published_as_it_was() -> None:
    put({FIRST: departure(ANA)})
    publish_departures(TOMORROW, author=DISPATCHER, by_machine=False, override_warnings=True)
    change(FIRST, status=DepartureStatus.CANCELLED)

    restore(3)

    assert stored()[FIRST].status is DepartureStatus.PUBLISHED
    assert not stored()[FIRST].has_unpublished_changes


def test_guides_who_were_told_of_the_cancellation_are_told_of_the_reinstated_departure() -> None:
    put({FIRST: departure(ANA)})
    change(FIRST, status=DepartureStatus.PUBLISHED)
    change(FIRST, status=DepartureStatus.CANCELLED)
    change(FIRST, published=announcement())

    restore(3)

    assert stored()[FIRST].status is DepartureStatus.DRAFT
    assert stored()[FIRST].has_unpublished_changes


def announcement() -> Announcement:
    return Announcement(guide_ids=[], starts_at=at(9), ends_at=at(12))


def test_there_are_never_fewer_places_than_guests() -> None:
    put({FIRST: departure(ANA, capacity=8)})
    change(FIRST, capacity=12, participants=11)

    restore(2)

    assert stored()[FIRST].capacity == 11


def test_no_departure_goes_back_to_a_time_that_is_past() -> None:
    put({FIRST: departure(ANA, starts_at=at(9, day=YESTERDAY), ends_at=at(12, day=YESTERDAY))})
    change(FIRST, starts_at=at(9), ends_at=at(12))

    restore(2)

    assert stored()[FIRST].starts_at == at(9)
    assert [why for _, why in preview_restore(TOMORROW, 2).left_out.values()] == [LeftOutReason.PAST]


def remove_and_add(gone: UUID, new: UUID) -> None:
    def edit(drafts: Mapping[date, Draft]) -> None:
        departures = drafts[TOMORROW].document.departures
        departures[new] = departures.pop(gone).model_copy(update={"team": []})

    write_daily_schedules([TOMORROW], edit, author=DISPATCHER)


def test_a_day_that_is_over_is_left_as_it_was() -> None:
    put({FIRST: departure(ANA, starts_at=at(9, day=YESTERDAY), ends_at=at(12, day=YESTERDAY))}, YESTERDAY)
    change(FIRST, YESTERDAY, team=[])

    restore(2, YESTERDAY)

    assert stored(YESTERDAY)[FIRST].team == []
    assert [why for _, why in preview_restore(YESTERDAY, 2).left_out.values()] == [LeftOutReason.STARTED]


def test_some_departures_can_be_restored_without_the_others() -> None:
    put({FIRST: departure(ANA), SECOND: departure(BEN)})
    change(FIRST, team=[])
    change(SECOND, team=[])

    restore(2, departure_ids=[SECOND])

    assert (team(FIRST), list(team(SECOND))) == ({}, ["Ben Ito"])


def test_the_hard_rules_hold_for_what_is_restored_too() -> None:
    put({FIRST: departure(ANA)})
    change(FIRST, team=[])
    put({SECOND: departure(ANA, starts_at=at(10), ends_at=at(13))})

    with pytest.raises(HardRuleViolated, match="Ana Ruiz"):
        restore(2)

    assert stored()[FIRST].team == []


def test_a_medical_restriction_entered_since_keeps_a_guide_off() -> None:
    put({FIRST: departure(ANA)})
    change(FIRST, team=[])
    enter(ANA.id, restrictions=[{"kind": "NO_GUIDING"}])

    with pytest.raises(HardRuleViolated):
        restore(2)


def test_two_plans_are_swapped_back_in_one_revision() -> None:
    put({FIRST: departure(ANA), SECOND: departure(BEN)})
    put({FIRST: departure(BEN), SECOND: departure(ANA)})

    restore(2)

    assert (list(team(FIRST)), list(team(SECOND))) == (["Ana Ruiz"], ["Ben Ito"])
    assert latest().rev == 4


def test_a_plan_that_only_was_confirmed_or_approved_since_is_no_other_plan() -> None:
    put({FIRST: DepartureFactory(trip_id=TRIP.id, team=[tentative(ANA)])})
    publish_departures(TOMORROW, author=DISPATCHER, by_machine=False, override_warnings=True)

    preview = preview_restore(TOMORROW, 2)

    assert (preview.departures, preview.left_out) == ({}, {})


def test_the_preview_shows_what_the_restore_then_does() -> None:
    put({FIRST: departure(ANA), SECOND: departure(BEN)})
    put({FIRST: departure(BEN), SECOND: departure()})

    preview = preview_restore(TOMORROW, 2)
    restored = restore(2, since_rev=preview.current_rev)

    assert {key: plan.restored for key, plan in preview.departures.items()} == restored.after.departures
    assert {key: plan.now for key, plan in preview.departures.items()} == restored.before.departures


def test_a_preview_that_is_stale_restores_nothing() -> None:
    put({FIRST: departure(ANA)})
    change(FIRST, team=[])
    preview = preview_restore(TOMORROW, 2)
    change(FIRST, capacity=9)

    with pytest.raises(StaleRevision):
        restore(2, since_rev=preview.current_rev)

    assert DailySchedule.objects.get().rev == 4


@pytest.mark.parametrize("rev", [0, 3])
def test_a_revision_that_never_was_is_not_restored(rev: int) -> None:
    with pytest.raises(UnknownSchedule):
        restore(rev)
    put({FIRST: departure(ANA)})

    with pytest.raises(UnknownRevision):
        restore(rev)


def test_without_facts_the_siblings_are_asked(siblings: SimulatedSiblings) -> None:
    put({FIRST: departure(ANA)})
    change(FIRST, team=[])

    with pytest.raises(HardRuleViolated, match="Ana Ruiz"):
        restore(2, facts=None)


def test_what_the_optimizer_planned_comes_back_by_what_the_siblings_say_now(siblings: SimulatedSiblings) -> None:
    region = siblings.call("svc-trip-catalog", "/regions").json()["data"][0]
    call_command("optimize_schedules", "--region", region["name"])
    planned = DailySchedule.objects.get()
    staffed = {key: departure.guide_ids for key, departure in planned.document.departures.items() if departure.team}
    for key in staffed:
        change(key, planned.schedule_date, team=[])

    restore(planned.rev, planned.schedule_date, facts=None)

    assert {
        key: departure.guide_ids for key, departure in stored(planned.schedule_date).items() if departure.team
    } == staffed
