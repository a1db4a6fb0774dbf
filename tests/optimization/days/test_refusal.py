"""A plan that breaks a hard rule is not stored, but counted, logged and reported."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Model
from structlog.testing import capture_logs

from events.dead_letters import replay
from events.models import DeadLetter, OutboxMessage
from optimization.days import planner
from optimization.days.refusal import PlanRefused, plans_refused
from optimization.days.services import optimize_day
from optimization.days.storing import DayOptimization
from optimization.models import OptimizationRun, RunStatus
from optimization.requests import recommendation
from optimization.requests.processing import process_request
from optimization.solver.solution import DayPlan, RequestSolution, Team
from optimization.verification.checks import is_new_since
from optimization.verification.evidence import Finding, HardRule
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import Departure
from scheduling.domain.facts import Snapshot
from scheduling.models import DailySchedule, RequestStatus
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TripFactory,
    lead,
    snapshot_of,
)
from tests.optimization.requests.test_processing import submit
from tests.scheduling.requests.queues import queued
from tests.scheduling.writes import put, stored
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("siblings")]

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer", "night")
TODAY = TOMORROW - timedelta(days=1)
TRIP = TripFactory(required_certifications=frozenset())
ANA, BEN = GuideFactory(name="Ana"), GuideFactory(name="Ben")
FIRST, SECOND = uuid4(), uuid4()


def optimized(day: Any = TOMORROW, *, snapshot: Snapshot | None = None, dry_run: bool = False) -> DayOptimization:
    facts = snapshot or snapshot_of(guides=[ANA, BEN], trips=[TRIP], days=[day])
    return optimize_day(day, [REGION_ID], author=NIGHT, snapshot=facts, dry_run=dry_run)


def of_trip(**fields: Any) -> Departure:
    return DepartureFactory(**{"trip_id": TRIP.id, "reservations": {uuid4(): 8}} | fields)


def two_departures() -> None:
    put({FIRST: of_trip(team=[lead(BEN)]), SECOND: of_trip()})


def send_ana_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    solve = planner.solve_day

    def solve_wrongly(problem: Any, **limits: Any) -> DayPlan:
        plan = solve(problem, **limits)
        return replace(plan, teams=tuple(Team(team.departure_id, (ANA.id,)) for team in plan.teams))

    monkeypatch.setattr(planner, "solve_day", solve_wrongly)


def the_only(model: type[Model]) -> Any:
    return model._default_manager.get()


def test_the_stored_plan_stays_and_the_run_names_the_broken_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    two_departures()
    before = the_only(DailySchedule)
    send_ana_everywhere(monkeypatch)

    with pytest.raises(PlanRefused):
        optimized()

    after, run = the_only(DailySchedule), the_only(OptimizationRun)
    assert (after.rev, after.assignments) == (before.rev, before.assignments)
    assert run.status == RunStatus.FAILED
    assert "The plan breaks OVERLAP and was not stored" in run.detail.error
    assert "Ana has no time between" in run.detail.error


def test_the_fault_is_counted_logged_and_reported_to_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    two_departures()
    send_ana_everywhere(monkeypatch)
    counted = plans_refused._value.get()

    with capture_logs() as logs, pytest.raises(PlanRefused):
        optimized()

    [logged] = [entry for entry in logs if entry["event"] == "plan_refused"]
    assert (logged["log_level"], logged["rules"]) == ("error", ("OVERLAP",))
    assert plans_refused._value.get() == counted + 1
    [alert] = OutboxMessage.objects.filter(kind="operations.alert")
    assert "OVERLAP" in alert.payload["body"]["variables"]["reason"]


def test_the_dead_letter_plans_the_date_again_once_the_fault_is_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    two_departures()
    send_ana_everywhere(monkeypatch)
    with pytest.raises(PlanRefused):
        optimized()
    queued("optimization")

    replay(the_only(DeadLetter), by="ana")

    [(_, arguments)] = queued("optimization")
    assert arguments[:2] == [[str(TOMORROW)], [str(REGION_ID)]]


def test_a_dry_run_is_refused_too_and_leaves_no_dead_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    two_departures()
    send_ana_everywhere(monkeypatch)

    with pytest.raises(PlanRefused):
        optimized(dry_run=True)

    assert the_only(OptimizationRun).status == RunStatus.FAILED
    assert not DeadLetter.objects.exists()


def test_a_plan_that_keeps_the_rules_is_stored() -> None:
    two_departures()

    optimized()

    assert {key: departure.guide_ids for key, departure in stored().items()} == {FIRST: {BEN.id}, SECOND: {ANA.id}}


def also_writing(edit: Callable[[Departure], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `take_plan` edit the departure beyond the plan."""
    take_plan = Departure.take_plan

    def take_more(current: Departure, planned: Departure) -> None:
        take_plan(current, planned)
        edit(current)

    monkeypatch.setattr(Departure, "take_plan", take_more)


def forget_reservations(departure: Departure) -> None:
    departure.reservations = {}


def test_ownership_a_write_of_another_owners_field_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    two_departures()
    also_writing(forget_reservations, monkeypatch)

    with pytest.raises(PlanRefused) as refused:
        optimized()

    assert refused.value.rules == ("OWNERSHIP",)
    assert all(departure.reservations for departure in stored().values())


def take_off(departure: Departure) -> None:
    departure.team = []


def test_pinned_a_write_that_takes_a_pinned_guide_off_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    put({FIRST: of_trip(team=[lead(BEN).model_copy(update={"pinned": True})])})
    also_writing(take_off, monkeypatch)

    with pytest.raises(PlanRefused) as refused:
        optimized()

    assert refused.value.rules == ("PINNED",)
    assert stored()[FIRST].guide_ids == {BEN.id}


def has_started_already() -> None:
    starts_at = DepartureFactory().starts_at - timedelta(days=2)
    put({FIRST: of_trip(starts_at=starts_at, ends_at=starts_at + timedelta(hours=3))}, TODAY)


def test_started_a_departure_that_is_out_already_stays_as_it_is() -> None:
    has_started_already()

    optimized(TODAY)

    assert stored(TODAY)[FIRST].team == []


def test_started_a_model_that_plans_it_all_the_same_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    has_started_already()
    monkeypatch.setattr(Departure, "has_started", lambda *_: False)
    yesterday = TODAY - timedelta(days=1)
    facts = snapshot_of(guides=[ANA, BEN], trips=[TRIP], days=[yesterday, TODAY])

    with pytest.raises(PlanRefused) as refused:
        optimized(TODAY, snapshot=facts)

    assert refused.value.rules == ("STARTED",)
    assert stored(TODAY)[FIRST].team == []


def test_a_request_whose_dates_are_refused_fails_once_and_is_a_dead_letter(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = submit(siblings, 1, min_group_size=4)
    solve = recommendation.solve_request

    def send_too_many(problem: Any, **limits: Any) -> RequestSolution:
        solution = solve(problem, **limits)
        [option] = problem.options
        four = tuple(pair.guide_id for pair in option.pairs[:4])
        return replace(solution, options=tuple(replace(best, guide_ids=four) for best in solution.options))

    monkeypatch.setattr(recommendation, "solve_request", send_too_many)

    process_request(request.pk)

    request.refresh_from_db()
    run, letter = the_only(OptimizationRun), the_only(DeadLetter)
    assert (request.status, request.outcome.error_code) == (RequestStatus.FAILED, "PLAN_REFUSED")
    assert (run.status, "TEAM_SIZE" in run.detail.error) == (RunStatus.FAILED, True)
    assert (letter.source, letter.key) == ("schedule-requests", str(request.pk))
    assert not DailySchedule.objects.exists()


def test_a_breach_that_the_write_makes_no_worse_is_not_new() -> None:
    crowded = Finding(HardRule.COVER, FIRST, "20 guests for a team that may lead 10", excess=10)
    worse, elsewhere = replace(crowded, excess=11), replace(crowded, departure_id=SECOND)

    assert not is_new_since(crowded, [crowded])
    assert not is_new_since(crowded, [worse])
    assert is_new_since(worse, [crowded])
    assert is_new_since(elsewhere, [crowded])
