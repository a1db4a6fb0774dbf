"""What each single loss would do to a date of today's size, against full solves: `make bench ARGS=fragility`."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import median
from typing import TypeVar

from benchmarks.report import Table
from benchmarks.solvers.instances import day_of
from optimization.fragility.analysis import Fragility, fragility_of
from optimization.fragility.losses import StandingDay, departures_by_resource, without
from optimization.solver import solve_day
from optimization.solver.solution import PlanStatus

TARGET_SECONDS = 5.0
DAYS = 20
# Of the analysis, as a worker has them and as a client who waits.
WORKER_SECONDS, CLIENT_SECONDS = 20.0, 2.0
COLUMNS = ("date", "losses tried", "fragile", "unproven", "s, median", "s, worst", "full solves s", "equal", "met")

T = TypeVar("T")


def measure_fragility(*, seeds: int) -> Table:
    """Measure seeded dates of 38 departures and 142 guides, and compare those of today's group sizes."""
    days = range(1, min(seeds, DAYS) + 1)
    rows = [
        _row("as today", days, 1.0, WORKER_SECONDS, is_compared=True),
        _row("groups 30 % larger", days, 1.3, CLIENT_SECONDS),
        _row("groups 60 % larger", days, 1.6, CLIENT_SECONDS),
    ]
    notes = (
        f"{len(days)} dates of 38 departures and 142 guides a row, as they are planned; losses are of guides on a "
        "team. Times are of the analysis alone, hedges included, in this process, limited to "
        f"{WORKER_SECONDS:g} s (of larger groups {CLIENT_SECONDS:g} s): what is not proven by then counts as unproven. "
        "`full solves`: the median of a date of solving it anew without each of its guides; `equal`: losses that cost "
        f"as many guests as that, of those proven by both. The target is {TARGET_SECONDS:g} s a date."
    )
    return Table("fragility", "What one loss would do: small repairs against full solves", COLUMNS, rows, notes)


def _row(name: str, seeds: range, crowding: float, limit: float, *, is_compared: bool = False) -> list[str]:
    days = [standing_day(seed, crowding) for seed in seeds]
    timed = [_timed(partial(fragility_of, day, time_limit_seconds=limit)) for day in days]
    seconds = [taken for _, taken in timed]
    losses = [loss for fragility, _ in timed for loss in fragility.losses]
    compared = [_compare(day, found) for day, (found, _) in zip(days, timed, strict=True)] if is_compared else []
    return [
        name,
        str(sum(fragility.tried for fragility, _ in timed)),
        str(sum(bool(loss.lost) for loss in losses)),
        str(sum(not loss.is_proven for loss in losses)),
        f"{median(seconds):.2f}",
        f"{max(seconds):.2f}",
        f"{median([taken for taken, _, _ in compared]):.2f}" if compared else "",
        f"{sum(same for _, same, _ in compared)} of {sum(both for _, _, both in compared)}" if compared else "",
        "yes" if max(seconds) <= TARGET_SECONDS else "NO",
    ]


def standing_day(seed: int, crowding: float) -> StandingDay:
    """Return a date as it is planned; departures that nobody leads are left out."""
    problem = day_of("1x", seed, crowding)
    teams = {team.departure_id: team.guide_ids for team in solve_day(problem)}
    return StandingDay(
        replace(
            problem,
            departures=tuple(departure for departure in problem.departures if departure.id in teams),
            pairs=tuple(
                pair._replace(is_kept=pair.guide_id in teams[pair.departure_id])
                for pair in problem.pairs
                if pair.departure_id in teams
            ),
        )
    )


def _compare(day: StandingDay, found: Fragility) -> tuple[float, int, int]:
    """Return the seconds of solving the date without each resource, the equal costs, and how many were compared."""
    weights = {departure.id: departure.weight for departure in day.problem.departures}
    losses = {loss.resource: loss for loss in found.losses}
    seconds, equal, compared = 0.0, 0, 0
    for resource in departures_by_resource(day):
        plan, taken = _timed(partial(solve_day, without(day, resource)))
        seconds += taken
        loss = losses.get(resource)
        if plan.status is PlanStatus.PROVEN and (loss is None or loss.is_proven):
            cost = sum(weights[key] for key in loss.lost) if loss else 0
            compared += 1
            equal += cost == sum(weights.values()) - plan.objectives.guests
    return seconds, equal, compared


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started
