"""The planner of a date: pure decisions on loaded inputs. Nothing is read or written."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from optimization.candidates.assessment import (
    Assessment,
    Crews,
    GuideConstraints,
    PlanningContext,
)
from optimization.candidates.formulation import fair_share, solver_departure, solver_locations, solver_pairs
from optimization.candidates.teams import form_team
from optimization.candidates.unassigned_reasons import explain_unstaffed
from optimization.days.inputs import DayInputs
from optimization.days.planned_day import PlannedDay, departures_from
from optimization.days.trail_choice import choose_trails
from optimization.solver.day import solve_day
from optimization.solver.problem import DayProblem, EligiblePair
from scheduling.domain.document import Departure
from scheduling.rules import Demand, Facts


def guides_to_certify(inputs: DayInputs, crews: Crews | None = None) -> set[UUID]:
    """Return the guides who pass every other rule on some departure that requires a certification.

    `crews` go on with what is looked up of them here.
    """
    snapshot = inputs.facts.snapshot
    demands = [Demand.of(key, departure, inputs.day, snapshot) for key, departure in inputs.departures.items()]
    return (crews or Crews(inputs.facts, inputs.context)).needing_certificates(demands)


def assign_guides(
    inputs: DayInputs, *, time_limit_seconds: float, max_changes: int | None = None, crews: Crews | None = None
) -> PlannedDay:
    """Choose trails and guides for the departures; the plan's teams are still the previous ones.

    At most `max_changes` guides are reassigned, any number if None. A departure is held unchanged, and the others are
    planned around it, where pinned guides cannot stay or where a record that it rests on is unknown. `crews` are those
    of `guides_to_certify`, whose certificates are known by now.
    """
    crews = crews or Crews(inputs.facts, inputs.context)
    crews.learn_certificates(inputs.facts)
    held = {key: inputs.departures[key] for key in inputs.unknown}
    while True:
        free = {key: departure.copy_with_team() for key, departure in inputs.departures.items() if key not in held}
        context = replace(inputs.context, planned=frozenset(free))
        plan = _plan(free, inputs, crews.around(context), context, time_limit_seconds, max_changes)
        staffed = {team.departure_id for team in plan.solved}
        infeasible = {
            key: inputs.departures[key] for key in free if inputs.departures[key].is_pinned and key not in staffed
        }
        if not infeasible:
            break
        held |= infeasible
    return replace(
        plan,
        base={key: inputs.base[key] for key in free if key in inputs.base},
        held=held,
        everything=inputs.everything,
    )


def form_teams(plan: PlannedDay, facts: Facts) -> PlannedDay:
    """Return the plan with the chosen guides as teams, on facts in which their notes are known."""
    chosen = {team.departure_id: team.guide_ids for team in plan.solved}
    for key, departure in plan.planned.items():
        departure.team = form_team(chosen.get(key, ()), departure, plan.assessments[key], facts, plan.context)
    return replace(plan, facts=facts)


def _plan(
    departures: Mapping[UUID, Departure],
    inputs: DayInputs,
    crews: Crews,
    context: PlanningContext,
    time_limit_seconds: float,
    max_changes: int | None,
) -> PlannedDay:
    """Return the solver's plan, with new trails and reasons and the previous teams."""
    day, facts = inputs.day, inputs.facts
    without_trail = choose_trails(departures, day, facts)
    assessments = {
        key: crews.assess(Demand.of(key, departure, day, facts.snapshot), _free(inputs, departure))
        for key, departure in departures.items()
    }
    staffable = {key: departure for key, departure in departures.items() if key not in without_trail}
    problem = _problem(staffable, inputs, context, assessments, max_changes)
    solved = solve_day(problem, time_limit_seconds=time_limit_seconds)
    unstaffed = without_trail | explain_unstaffed(problem, solved, assessments)
    for key, departure in departures.items():
        departure.unassigned_reason = unstaffed.get(key)
    return PlannedDay(day, facts, problem, solved, {}, departures, assessments, context=context)


def _free(inputs: DayInputs, departure: Departure) -> GuideConstraints:
    """Return the standbys as excluded from the departure, but for those whom a person pinned there."""
    pinned = {member.guide_id for member in departure.team if member.pinned}
    return GuideConstraints(excluded=inputs.standby - pinned, because="kept free as a standby")


def _problem(
    staffable: Mapping[UUID, Departure],
    inputs: DayInputs,
    context: PlanningContext,
    assessments: Mapping[UUID, Assessment],
    max_changes: int | None,
) -> DayProblem:
    facts = inputs.facts
    camps = {departure.location_id for departure in staffable.values() if departure.location_id}
    there = departures_from(inputs.everything, camps)
    fair = fair_share([assessments[key] for key in staffable], facts.recent_hours)
    pairs: list[EligiblePair] = []
    for key, departure in staffable.items():
        pairs += solver_pairs(assessments[key], departure, fair, facts.recent_hours)
    return DayProblem(
        departures=tuple(
            solver_departure(key, departure, guests=departure.participants) for key, departure in staffable.items()
        ),
        pairs=tuple(pairs),
        locations=solver_locations(facts.snapshot, there, context.planned, context.neighbours),
        max_changes=max_changes,
    )
