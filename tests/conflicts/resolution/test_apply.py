"""An option is made on what is there when it is applied, and looked at again under the locks of the write."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.errors import ResolutionNotApplicable
from conflicts.models import ScheduleConflict
from conflicts.monitoring.services import detect_waiting
from conflicts.options import options_in
from conflicts.resolution.applications import Application
from conflicts.resolution.apply import apply_option
from conflicts.resolution.dry_run import run_dry
from conflicts.resolution.option_search import compute_options
from conflicts.resolution.services import resolve_conflict
from conflicts.steps import Resize
from conflicts.tasks import refresh_options_task
from scheduling.domain.document import Role
from scheduling.errors import HardRuleViolated
from scheduling.models import Reservation, ReservationStatus
from tests.conflicts.planned import PlannedDay, enter_absence, newcomer_of, options_of, plan_a_day, reassignment
from tests.factories import TeamMemberFactory
from tests.scheduling.reservations.arrivals import book
from tests.siblings import SimulatedSiblings


@pytest.fixture
def planned(db: None, siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


def test_who_books_between_option_and_resolve_is_seated(planned: PlannedDay) -> None:
    departure_id, conflict, option = reassignment(planned)
    trip_id, guest = planned.departure(departure_id).trip_id, uuid4()
    planned.only_of_its_trip(departure_id)
    book(trip_id, guest, guests=1, day=planned.day)

    resolve_conflict(conflict.pk, option.id, by="ana")

    after = planned.departure(departure_id)
    assert newcomer_of(option) in after.guide_ids
    assert guest in after.reservations


def test_who_books_between_dry_run_and_write_is_counted_under_its_locks(planned: PlannedDay) -> None:
    departure_id, trip_id = planned.staffed()[0], planned.departure(planned.staffed()[0]).trip_id
    planned.only_of_its_trip(departure_id)
    planned.edit(departure_id, capacity=planned.departure(departure_id).participants - 1)
    conflict = ScheduleConflict.objects.open().get(details__cause="DEPARTURE_CAPACITY")
    option = next(o for o in options_of(conflict, Strategy.ADJUST_CAPACITY) if isinstance(o.steps[0], Resize))
    seen = run_dry(option, conflict)
    book(trip_id, uuid4(), guests=option.steps[0].places + 1, day=planned.day)
    application = Application(conflict, option, by="ana", notes="", is_override=True)

    with pytest.raises(ResolutionNotApplicable, match="no longer resolves"):
        apply_option(application, making=seen.making, caused=seen.caused, existing=seen.existing)

    assert planned.departure(departure_id).capacity < option.steps[0].places
    assert ScheduleConflict.objects.open().filter(pk=conflict.pk).exists()


def waiting_for(planned: PlannedDay, trip_id: UUID) -> UUID:
    """A guest whom no departure of the trip takes."""
    reservation = Reservation.objects.create(
        reservation_id=uuid4(),
        trip_id=trip_id,
        trip_date=planned.day,
        status=ReservationStatus.ACTIVE,
        event_time=timezone.now(),
        unplaced_reason="all are full",
    )
    detect_waiting(planned.day, trip_id)
    return reservation.pk


def test_who_begins_to_wait_between_dry_run_and_write_is_not_forgotten(planned: PlannedDay) -> None:
    departure_id = planned.staffed(lambda departure: departure.participants < departure.capacity)[0]
    trip_id = planned.departure(departure_id).trip_id
    waiting_for(planned, trip_id)
    conflict = ScheduleConflict.objects.open().get(details__cause="GUESTS_WITHOUT_PLACE")
    option = options_of(conflict, Strategy.RESCHEDULE_TRIP)[0]
    seen = run_dry(option, conflict)
    later = waiting_for(planned, trip_id)

    with pytest.raises(ResolutionNotApplicable):
        apply_option(Application(conflict, option, by="ana", notes="", is_override=False), making=seen.making)

    conflict.refresh_from_db()
    assert str(later) in conflict.details["evidence"]["told"]["reservations"]
    assert not conflict.resolved


def test_no_override_covers_a_guide_whose_profile_lacks_what_nobody_could_read(planned: PlannedDay) -> None:
    departure_id, conflict, option = reassignment(planned)
    newcomer = newcomer_of(option)
    enter_absence(newcomer, planned.day)
    seen = run_dry(option, conflict)
    snapshot = seen.making.facts.snapshot
    certificates = {key: held for key, held in snapshot.certificates.items() if key != newcomer}
    guides = {**snapshot.guides, newcomer: replace(snapshot.guides[newcomer], certifications=frozenset())}
    unread = seen.making.facts.with_snapshot(replace(snapshot, certificates=certificates, guides=guides))
    application = Application(conflict, option, by="ana", notes="", is_override=True)

    with pytest.raises(HardRuleViolated, match="lacks"):
        apply_option(application, making=replace(seen.making, facts=unread), caused=seen.caused, existing=seen.existing)

    assert [conflict.cause for conflict in seen.caused] == [Cause.AVAILABILITY_EXCEPTION]
    assert newcomer not in planned.departure(departure_id).guide_ids


def test_an_option_for_a_team_that_is_another_by_now_is_computed_anew(planned: PlannedDay) -> None:
    departure_id, conflict, option = reassignment(planned)
    present = planned.departure(departure_id).team
    joined = TeamMemberFactory(guide_id=newcomer_of(option), role=Role.ASSISTANT)
    planned.edit(departure_id, team=[*present, joined])

    with pytest.raises(ResolutionNotApplicable, match="has a guide already"):
        resolve_conflict(conflict.pk, option.id, by="ana")

    conflict.refresh_from_db()
    assert option.id not in {offered.id for offered in options_in(conflict.details)}


def test_a_process_of_the_release_before_finds_no_premise_to_apply_an_option_on(planned: PlannedDay) -> None:
    conflict = planned.send_lead_away(planned.staffed()[0])
    compute_options(conflict, deadline_seconds=10)

    stored = ScheduleConflict.objects.get(pk=conflict.pk).details["resolution_options"]
    changing = [option for option in stored if option["steps"]]
    edited = [{edit["departure_id"] for edit in option["edits"]} for option in changing]
    assert changing
    assert all(departures & {str(key) for key in planned.departures} for departures in edited)
    assert not any("premise" in option for option in changing)


def test_options_from_before_steps_were_stored_are_searched_anew(planned: PlannedDay) -> None:
    _, conflict, option = reassignment(planned)
    earlier = {name: value for name, value in option.stored().items() if name not in {"steps", "figures"}}
    earlier |= {"edits": [{"departure_id": str(uuid4())}], "premise": {}, "moves_reservations": {}}
    rev = conflict.details["options_rev"]
    conflict.details["resolution_options"] = [earlier]
    del conflict.details["options_form"]
    conflict.save(update_fields=["details"])

    unread = options_in(conflict.details)
    refresh_options_task()

    conflict.refresh_from_db()
    assert unread == []
    assert option in options_in(conflict.details)
    assert conflict.details["options_rev"] == rev
