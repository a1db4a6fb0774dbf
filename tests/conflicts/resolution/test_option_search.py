from datetime import timedelta
from uuid import UUID

import pytest
from django.core.cache import caches

from conflicts.choices import Strategy
from conflicts.models import ScheduleConflict
from conflicts.options import options_in
from conflicts.resolution.option_search import compute_options, conflicts_without_options
from conflicts.steps import Cancel, Reassign, Reroute, Resize
from optimization.days.services import optimize_day
from scheduling.domain.document import Departure
from scheduling.domain.facts import Span
from scheduling.domain.limits import TURNAROUND
from tests.conflicts.planned import PLANNER, PlannedDay, options_of, plan_a_day
from tests.siblings import SimulatedSiblings


@pytest.fixture
def planned(db: None, siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


def on_trail(departure: Departure) -> bool:
    return departure.trail_id is not None


def test_up_to_three_free_and_qualified_guides_the_best_first(planned: PlannedDay) -> None:
    departure_id = planned.staffed()[0]
    sick = planned.departure(departure_id).team[0].guide_id
    conflict = planned.send_lead_away(departure_id)

    options = [option for option in options_of(conflict, Strategy.REASSIGN_GUIDE) if len(option.steps) == 1]

    present = planned.departure(departure_id)
    changes = [step for option in options for step in option.steps if isinstance(step, Reassign)]
    meanwhile = planned.departure(departure_id).span.widened(TURNAROUND)
    others = [d for key, d in planned.departures.items() if key != departure_id and d.span.overlaps(meanwhile)]
    busy = {guide for departure in others for guide in departure.guide_ids}
    assert 1 <= len(options) == len(changes) <= 3
    assert all(sick in step.leaving for step in changes)
    assert all(step.joining and not set(step.joining) & (busy | present.guide_ids) for step in changes)
    assert all(step.lead not in {sick, None} for step in changes)


def test_computing_again_keeps_the_ids(planned: PlannedDay) -> None:
    conflict = planned.send_lead_away(planned.staffed()[0])

    first, second = (compute_options(conflict, deadline_seconds=10) for _ in range(2))

    assert [option.id for option in first] == [option.id for option in second]
    assert first[-1].strategy is Strategy.ACCEPT_RISK


def test_a_guide_who_cannot_be_reached_for_leaves_accepting_the_risk(planned: PlannedDay) -> None:
    conflict = planned.send_lead_away(planned.staffed()[0])
    planned.siblings.switch("svc-guide-management", "down")

    [only] = compute_options(conflict, deadline_seconds=1)

    assert only.strategy is Strategy.ACCEPT_RISK


def test_a_guide_service_that_falls_silent_takes_no_options_back(planned: PlannedDay) -> None:
    conflict = planned.send_lead_away(planned.staffed()[0])
    found = compute_options(conflict, deadline_seconds=10)
    planned.siblings.switch("svc-guide-management", "down")

    again = compute_options(conflict, deadline_seconds=1)

    conflict.refresh_from_db()
    assert len(found) > 1
    assert again == options_in(conflict.details) == found


def test_a_trip_that_the_catalog_lacks_is_not_searched_for_again_and_again(planned: PlannedDay) -> None:
    departure_id = planned.staffed()[0]
    conflict = planned.send_lead_away(departure_id)
    planned.siblings.remove("trips", str(planned.departure(departure_id).trip_id))
    caches["siblings"].clear()

    [only] = compute_options(conflict, deadline_seconds=10)

    assert only.strategy is Strategy.ACCEPT_RISK
    assert conflict not in conflicts_without_options()


def storm_over(planned: PlannedDay, departure_id: UUID, *, whole_day: bool) -> ScheduleConflict:
    departure = planned.departure(departure_id)
    margin = timedelta(hours=14 if whole_day else 0)
    span = Span(departure.starts_at, departure.ends_at).widened(margin)
    planned.siblings.raise_alert(
        str(planned.region_id), span.starts_at, span.ends_at, affected_trail_ids=[str(departure.trail_id)]
    )
    planned.look_again()
    return ScheduleConflict.objects.open().get(
        conflict_type="WEATHER_ALERT", details__departure_ids=[str(departure_id)]
    )


def test_other_times_outside_the_storm_the_nearest_first(planned: PlannedDay) -> None:
    departure_id = planned.staffed(on_trail)[0]
    before = planned.departure(departure_id)
    planned.sold_on_no_other_date(departure_id)
    conflict = storm_over(planned, departure_id, whole_day=True)

    options = options_of(conflict, Strategy.RESCHEDULE_TRIP)

    new = [step for option in options for step in option.added]
    shifts = [abs(step.starts_at - before.starts_at) for step in new]
    assert new, "another date is free of it"
    assert len(new) == len(options)
    assert shifts == sorted(shifts)
    assert all(option.requires_guest_notification for option in options)
    for option in options:
        cancelled = option.steps[-1]
        assert isinstance(cancelled, Cancel)
        assert (cancelled.departure_id, cancelled.rescheduled_to) == (departure_id, option.added[0].departure_id)


def test_a_closed_trail_sends_its_departures_to_another(planned: PlannedDay) -> None:
    departure_id = planned.staffed(on_trail)[0]
    trail_id = planned.departure(departure_id).trail_id
    planned.siblings.close_trail(str(trail_id), planned.day, planned.day)
    planned.look_again()
    conflict = ScheduleConflict.objects.open().get(details__departure_ids=[str(departure_id)])

    [option] = options_of(conflict, Strategy.CLOSE_TRAIL)

    [step] = [step for step in option.steps if step.departure_id == departure_id]
    assert isinstance(step, Cancel) or (isinstance(step, Reroute) and step.trail_id != trail_id)
    assert "is closed on" in option.description


def test_an_assistant_makes_the_team_large_enough(planned: PlannedDay) -> None:
    departure_id = planned.staffed(lambda departure: len(departure.team) == 1)[0]
    planned.edit(departure_id, participants=18, capacity=20)
    planned.look_again()
    conflict = ScheduleConflict.objects.open().get(details__cause="TEAM_GROUP_SIZE")

    options = options_of(conflict, Strategy.ADJUST_CAPACITY)

    assert options
    assert all(isinstance(step, Reassign) and step.joining and not step.leaving for o in options for step in o.steps)


def test_more_places_where_trip_trail_and_team_take_everybody(planned: PlannedDay) -> None:
    departure_id = planned.staffed()[0]
    guests = planned.departure(departure_id).participants
    planned.edit(departure_id, capacity=guests - 2)
    conflict = ScheduleConflict.objects.open().get(details__cause="DEPARTURE_CAPACITY")

    [option] = options_of(conflict, Strategy.ADJUST_CAPACITY)

    assert option.steps == (Resize(day=planned.day, departure_id=departure_id, places=guests),)


def test_an_optimization_that_changes_nothing_still_sees_a_new_alert(planned: PlannedDay) -> None:
    departure = planned.departure(planned.staffed()[0])
    planned.siblings.raise_alert(str(planned.region_id), departure.starts_at, departure.ends_at)
    caches["siblings"].clear()

    optimize_day(planned.day, [planned.region_id], author=PLANNER)

    assert ScheduleConflict.objects.open().filter(conflict_type="WEATHER_ALERT").exists()
