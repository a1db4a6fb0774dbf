"""The standing plan of a date, from what was loaded to the values that losses are tried on. Nothing is written."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from optimization.candidates.assessment import assess
from optimization.candidates.formulation import fair_share, solver_pairs
from optimization.days.inputs import DayInputs
from optimization.days.planned_day import PlannedDay
from optimization.days.planner import assign_guides
from optimization.days.trail_choice import choose_trails
from optimization.fragility.hedges import Pool
from optimization.fragility.losses import Reroute, StandingDay
from optimization.solver.problem import EligiblePair
from scheduling.domain.document import Departure
from scheduling.domain.normalization import normalise_activity
from scheduling.rules import Demand, Facts


@dataclass(frozen=True, slots=True)
class StandingPlan:
    """The departures of a date that have a team and have not started, with their values and the pools of guides.

    `departures` are those judged, as planned. `broken` are those whose team may not lead them any more and for which
    nobody else can, `held` those that only a person changes, or that rest on a record that could not be read: what
    would happen to them is not judged.
    """

    day: StandingDay
    pools: tuple[Pool, ...]
    departures: Mapping[UUID, Departure]
    broken: frozenset[UUID]
    held: frozenset[UUID]
    facts: Facts


def standing_plan(inputs: DayInputs, *, time_limit_seconds: float) -> StandingPlan:
    """Return the plan as it stands.

    Where it breaks a rule by now, it is repaired first, with the least change: losses are tried on a plan that works.
    """
    staffed = {key: departure for key, departure in inputs.departures.items() if departure.team}
    planned = assign_guides(replace(inputs, departures=staffed), time_limit_seconds=time_limit_seconds)
    teams = {team.departure_id: frozenset(team.guide_ids) for team in planned.solved}
    departures = {key: planned.planned[key] for key in teams}
    problem = replace(
        planned.problem,
        departures=tuple(departure for departure in planned.problem.departures if departure.id in teams),
        pairs=tuple(
            pair._replace(is_kept=pair.guide_id in teams[pair.departure_id])
            for pair in planned.problem.pairs
            if pair.departure_id in teams
        ),
    )
    return StandingPlan(
        day=StandingDay(problem, _reroutes(planned, departures, teams)),
        pools=_pools(departures, planned.facts),
        departures=departures,
        broken=frozenset(planned.planned.keys() - teams.keys()),
        held=frozenset(planned.held),
        facts=planned.facts,
    )


def _reroutes(
    planned: PlannedDay, departures: Mapping[UUID, Departure], teams: Mapping[UUID, frozenset[UUID]]
) -> dict[UUID, dict[UUID, Reroute | None]]:
    """Return where the planner would send the departures of each trail if it were closed."""
    on_trail: defaultdict[UUID, dict[UUID, Departure]] = defaultdict(dict)
    for key, departure in departures.items():
        if departure.trail_id and departure.trail_id in planned.facts.snapshot.trails:
            on_trail[departure.trail_id][key] = departure.model_copy(deep=True)
    fair = fair_share([planned.assessments[key] for key in departures], planned.facts.recent_hours)
    reroutes: dict[UUID, dict[UUID, Reroute | None]] = {}
    for trail_id in sorted(on_trail):
        facts = _with_trail_closed(planned.facts, trail_id)
        stranded = choose_trails(on_trail[trail_id], planned.day, facts)
        reroutes[trail_id] = {
            key: None
            # Of a trip that is not known no other trail is chosen.
            if key in stranded or departure.trail_id == trail_id
            else Reroute(departure.trail_id, _pairs_there(key, departure, planned, facts, teams[key], fair))
            for key, departure in on_trail[trail_id].items()
        }
    return reroutes


def _pairs_there(
    key: UUID, departure: Departure, planned: PlannedDay, facts: Facts, team: frozenset[UUID], fair_hours: float
) -> tuple[EligiblePair, ...]:
    assessment = assess(Demand.of(key, departure, planned.day, facts.snapshot), facts, planned.context)
    pairs = solver_pairs(assessment, departure, fair_hours, facts.recent_hours)
    return tuple(pair._replace(is_kept=pair.guide_id in team) for pair in pairs)


def _with_trail_closed(facts: Facts, trail_id: UUID) -> Facts:
    """Return the facts with the trail closed: one that were missing would leave its departures needing none."""
    trails = facts.snapshot.trails
    closed = {**trails, trail_id: replace(trails[trail_id], status="CLOSED")}
    return facts.with_snapshot(replace(facts.snapshot, trails=closed))


def _pools(departures: Mapping[UUID, Departure], facts: Facts) -> tuple[Pool, ...]:
    demanded: defaultdict[tuple[UUID, str, frozenset[str]], set[UUID]] = defaultdict(set)
    for key, departure in departures.items():
        trip = facts.snapshot.trips.get(departure.trip_id)
        activity = normalise_activity(departure.activity_type)
        demanded[departure.region_id, activity, frozenset(trip.required_certifications if trip else ())].add(key)
    return tuple(
        Pool(
            region,
            activity,
            certifications,
            frozenset().union(
                *(
                    keys
                    for (elsewhere, other, required), keys in demanded.items()
                    if (elsewhere, other) == (region, activity) and required <= certifications
                )
            ),
        )
        for region, activity, certifications in sorted(demanded, key=lambda pool: (pool[0], pool[1], sorted(pool[2])))
    )
