"""Many conflicts in one call: each option after the one before, a date together, every choice with its outcome."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from conflicts.admin.many import KEEPS_PLACES, MOST_AT_ONCE, ResolveManyForm, row_of
from conflicts.choices import Strategy
from conflicts.detection import Severity
from conflicts.models import ConflictResolution, ScheduleConflict
from conflicts.options import Figures, Option, option_id, stored_options
from conflicts.resolution.bulk import resolve_conflicts
from conflicts.resolution.bulk_planning import NO_PLACES_LEFT, SOLVED, Choice, Planned, plan_choices
from conflicts.resolution.option_search import compute_options
from conflicts.resolution.services import resolve_conflict
from conflicts.steps import Reassign, Resize
from scheduling.models import DailySchedule
from tests.conflicts.factories import IN_THREE_DAYS, conflict_of, overfull, put
from tests.conflicts.planned import PlannedDay, options_of, plan_a_day, under_a_storm
from tests.novatrek_scheduling.console.people import signed_in
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db

LIST = "/admin/conflicts/scheduleconflict/"
TOGETHER = "/admin/conflicts/review/together/"


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


def leads_away(planned: PlannedDay, count: int) -> list[ScheduleConflict]:
    """Conflicts of departures whose leads are away, each of a guide of its own; their options are searched."""
    taken: set[UUID] = set()
    conflicts: list[ScheduleConflict] = []
    for key in planned.staffed():
        guides = planned.departure(key).guide_ids
        if len(conflicts) < count and not guides & taken:
            taken |= guides
            conflicts.append(planned.send_lead_away(key))
    for conflict in conflicts:
        compute_options(conflict, deadline_seconds=10)
    return conflicts


def taking(conflict: ScheduleConflict, guide_id: UUID) -> Choice:
    """The choice of an option that is offered: this guide in place of the lead who is away."""
    [away] = conflict.details["affected_guide_ids"]
    key = UUID(conflict.details["departure_ids"][0])
    step = Reassign(day=conflict.day, departure_id=key, joining=(guide_id,), leaving=(UUID(away),), lead=guide_id)
    option = options_of(conflict, Strategy.REASSIGN_GUIDE)[0].model_copy(
        update={"id": option_id(conflict.pk, Strategy.REASSIGN_GUIDE, [step]), "steps": (step,)}
    )
    conflict.details |= stored_options([option], rev=1)
    conflict.save(update_fields=["details"])
    return Choice(conflict.pk, option.id)


def newcomer_of(option: Option) -> UUID:
    return next(guide for step in option.steps for guide in step.guide_ids)


def revision(day: date) -> int:
    return DailySchedule.objects.get(schedule_date=day).rev


def test_the_options_of_a_date_are_applied_together_with_an_outcome_for_each_choice(planned: PlannedDay) -> None:
    conflicts = leads_away(planned, 2)
    before = revision(planned.day)

    outcomes = resolve_conflicts([Choice(conflict.pk) for conflict in conflicts], by="ana", notes="flu")

    assert [outcome.conflict_id for outcome in outcomes] == [conflict.pk for conflict in conflicts]
    assert [outcome.refusal for outcome in outcomes] == ["", ""]
    assert not ScheduleConflict.objects.open().exists()
    assert revision(planned.day) == before + 1
    kept = ConflictResolution.objects.filter(conflict__in=conflicts)
    assert {(row.resolved_by, row.notes) for row in kept} == {("ana", "flu")}


def test_two_that_want_the_same_guide_get_one_each(planned: PlannedDay) -> None:
    first, second = leads_away(planned, 2)
    shared = newcomer_of(options_of(first, Strategy.REASSIGN_GUIDE)[0])
    both = [taking(conflict, shared) for conflict in (first, second)]

    outcomes = resolve_conflicts(both, by="ana")

    teams = [
        planned.departure(UUID(conflict.details["departure_ids"][0])).guide_ids
        for conflict, outcome in zip((first, second), outcomes, strict=True)
        if not outcome.refusal
    ]
    assert sum(shared in team for team in teams) <= 1
    assert len(set().union(*teams)) == sum(map(len, teams))
    still_open = {conflict.pk for conflict in ScheduleConflict.objects.open()}
    assert still_open == {outcome.conflict_id for outcome in outcomes if outcome.refusal}


def test_one_that_cannot_be_resolved_is_refused_and_the_others_go_on(planned: PlannedDay) -> None:
    [possible] = leads_away(planned, 1)
    resolved = conflict_of(planned.day + timedelta(days=1))
    ScheduleConflict.objects.filter(pk=resolved.pk).update(resolved=True)
    unknown = uuid4()

    outcomes = resolve_conflicts([Choice(unknown), Choice(resolved.pk), Choice(possible.pk)], by="ana")

    assert [outcome.refusal for outcome in outcomes] == [
        f"There is no conflict {unknown}.",
        "It is resolved already.",
        "",
    ]


def test_a_conflict_that_an_option_before_it_ends_needs_none_of_its_own(planned: PlannedDay) -> None:
    [conflict] = leads_away(planned, 1)
    other = conflict_of(
        planned.day,
        severity=Severity.LOW,
        cause=conflict.details["cause"],
        departure_ids=conflict.details["departure_ids"],
        affected_guide_ids=conflict.details["affected_guide_ids"],
        subjects=conflict.details["subjects"],
    )

    plan = plan_choices([Choice(other.pk), Choice(conflict.pk)])

    assert [planned.conflict_id for planned in plan] == [conflict.pk, other.pk]
    assert [planned.refusal for planned in plan] == ["", SOLVED]


def test_a_choice_that_was_resolved_between_planning_and_writing_is_left_out(planned: PlannedDay) -> None:
    first, second = leads_away(planned, 2)
    [chosen, *_] = options_of(second, Strategy.REASSIGN_GUIDE)
    calls: list[Any] = []

    def before_the_write(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT (") and '"schedule_conflicts"' in sql and not calls:
            calls.append(sql)
            resolve_conflict(second.pk, chosen.id, by="ben")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(before_the_write):
        outcomes = resolve_conflicts([Choice(first.pk), Choice(second.pk)], by="ana")

    assert [outcome.refusal for outcome in outcomes] == ["", "It is resolved already."]
    assert set(ConflictResolution.objects.values_list("resolved_by", flat=True)) == {"ana", "ben"}


def test_a_clash_with_the_date_before_that_was_there_already_stands_in_no_way(planned: PlannedDay) -> None:
    key = planned.staffed()[0]
    departure = planned.departure(key)
    planned.edit(key, capacity=departure.participants - 1)
    starts_at = departure.starts_at - timedelta(hours=20)
    put(
        uuid4(),
        planned.day - timedelta(days=1),
        team=departure.team,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=21),
    )
    conflict = ScheduleConflict.objects.open().get(details__cause="DEPARTURE_CAPACITY")
    option = next(o for o in options_of(conflict, Strategy.ADJUST_CAPACITY) if isinstance(o.steps[0], Resize))

    [outcome] = resolve_conflicts([Choice(conflict.pk, option.id)], by="ana")

    assert outcome.refusal == ""
    assert {c.details["cause"] for c in ScheduleConflict.objects.open()} == {"OVERLAP"}


def test_a_write_that_is_refused_is_said_of_its_choices_alone(planned: PlannedDay) -> None:
    key = planned.staffed(lambda departure: departure.trail_id is not None)[0]
    conflict, option = under_a_storm(planned, key)
    [added] = option.added
    put(added.departure_id, planned.day + timedelta(days=9))

    [outcome] = resolve_conflicts([Choice(conflict.pk, option.id)], by="ana")

    assert "on one date only" in outcome.refusal
    assert ScheduleConflict.objects.open().filter(pk=conflict.pk).exists()


def test_more_choices_than_the_page_shows_are_refused() -> None:
    choices = [f"{uuid4()}:{uuid4()}:{Strategy.REASSIGN_GUIDE}:{KEEPS_PLACES}:0" for _ in range(MOST_AT_ONCE + 1)]

    assert ResolveManyForm({"choices": choices[:-1]}).is_valid()
    assert not ResolveManyForm({"choices": choices}).is_valid()


def test_no_risk_is_accepted_for_want_of_an_option(siblings: SimulatedSiblings) -> None:
    conflict = overfull(IN_THREE_DAYS)

    [outcome] = resolve_conflicts([Choice(conflict.pk)], by="ana", notes="whatever")

    assert outcome.refusal
    assert ScheduleConflict.objects.open().get() == conflict


@pytest.mark.usefixtures("groups")
def test_a_dispatcher_sees_what_would_be_done_before_it_is(planned: PlannedDay) -> None:
    first, second = leads_away(planned, 2)
    dispatcher = signed_in("Dispatcher")

    page = dispatcher.post(LIST, {"action": "resolve_many", "_selected_action": [first.pk, second.pk]})

    rows = page.context["rows"]
    assert {row["description"] for row in rows} == {c.details["description"] for c in (first, second)}
    assert all(row["option"] for row in rows)
    assert ScheduleConflict.objects.open().count() == 2
    ticked = {"do": "apply", "choices": [rows[0]["value"]], "notes": "flu"}
    assert signed_in("Auditor").post(TOGETHER, ticked).status_code == 403

    answer = dispatcher.post(TOGETHER, ticked)

    assert answer.context["progress"].summary == "1 of 1 conflict is resolved."
    assert ScheduleConflict.objects.open().count() == 1


@pytest.mark.usefixtures("groups")
def test_dates_are_resolved_one_request_each_and_what_is_done_stays_done(planned: PlannedDay) -> None:
    [possible] = leads_away(planned, 1)
    over = conflict_of(planned.day + timedelta(days=1), departure_ids=[str(uuid4())])
    values = [
        row_of(plan_choices([Choice(possible.pk)])[0], 0)["value"],
        f"{over.pk}:{uuid4()}:ADJUST_CAPACITY:places:1",
    ]
    dispatcher = signed_in("Dispatcher")

    begun = dispatcher.post(TOGETHER, {"do": "apply", "choices": values, "notes": "flu"})
    assert begun.context["progress"].words == "0 of 2 dates are done"
    assert ScheduleConflict.objects.open().count() == 2

    first = dispatcher.post(TOGETHER, form_in(begun), headers={"HX-Request": "true"})
    assert first.context["progress"].words == "1 of 2 dates are done"
    assert "<html" not in first.content.decode()
    assert [conflict.pk for conflict in ScheduleConflict.objects.open()] == [over.pk]

    last = dispatcher.post(TOGETHER, form_in(first))
    assert last.context["progress"].summary == "1 of 2 conflicts are resolved."
    assert [(row.conflict_id, row.is_done) for row in last.context["progress"].became] == [(over.pk, False)]
    assert ConflictResolution.objects.get(conflict=possible).notes == "flu"


def form_in(answer: Any) -> dict[str, list[str]]:
    """What the form of a page sends."""
    form = answer.content.decode().split('hx-swap="outerHTML"')[1].split("</form>")[0]
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form):
        sent.setdefault(name, []).append(value)
    return sent


@pytest.mark.parametrize(("without_place", "is_ticked"), [(0, True), (1, False)])
def test_what_costs_guests_their_place_is_ticked_by_a_person_alone(without_place: int, is_ticked: bool) -> None:
    conflict = conflict_of(severity=Severity.CRITICAL)
    option = Option(
        id=uuid4(),
        strategy=Strategy.CLOSE_TRAIL,
        description="It is cancelled.",
        impact_assessment="",
        estimated_affected_guests=4,
        requires_guest_notification=True,
        figures=Figures(guests_touched=4, guests_without_place=without_place),
    )

    row = row_of(Planned(Choice(conflict.pk), 1, conflict, option), 0)

    assert (row["severity"], row["is_ticked"]) == ("critical", is_ticked)


def test_what_came_to_cost_guests_their_place_since_the_page_was_shown_is_not_done(planned: PlannedDay) -> None:
    # Its guests are known by the catalog's figure alone: nobody can be moved along.
    key = planned.staffed(lambda departure: departure.trail_id is not None)[0]
    conflict, option = under_a_storm(planned, key)
    assert option.figures.guests_without_place > 0
    seen = Choice(conflict.pk, option.id, option.strategy)

    [unseen, done] = [plan_choices([replace(seen, may_cost_places=may)])[0] for may in (False, True)]

    assert (unseen.option, unseen.refusal) == (None, NO_PLACES_LEFT)
    assert done.option
