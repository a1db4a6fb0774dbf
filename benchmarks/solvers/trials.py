"""The solver's promises beyond speed: proofs, growth, requests, replans and short time limits."""

import time
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.solvers.dense import Density, dense_day, density_of
from benchmarks.solvers.figures import Figure, at_most, cpu_clock, cpu_ratio, geometric_mean, growth_exponent
from benchmarks.solvers.instances import SIZES, clusters_of_day, without_guide
from benchmarks.solvers.judging import Worth, worth_of
from benchmarks.solvers.own import solve_greedily
from benchmarks.solvers.pool import measure_pool
from benchmarks.solvers.rivals import Result, Task, rival, rivals
from optimization.solver import solve_day
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan, PlanStatus

DAYS_A_SEED = 15
REQUESTS_A_SEED = 50
GROWTH = ("growth 5x", "growth 10x", "growth 20x", "growth 50x", "growth 100x")
DENSE_DAYS_A_SEED = 5
DENSE_SECONDS = 2.0
DENSE_SIZES = ((50, 0.9), (120, 0.6), (415, 0.3))
LIMITS_SECONDS = (0.1, 1.0, 20.0)
SHORT_SECONDS = 0.1
LIMIT_SECONDS = 60.0


def proofs(seeds: int) -> Figure:
    """Compare days of today's size with an independent exact solver, which solves one objective after the other."""
    tasks = [Task("1x", 1000 + seed) for seed in range(DAYS_A_SEED * seeds)]
    with rivals(("ours", "cpsat-lexicographic")) as running:
        pairs = [(running["ours"].solve(task), running["cpsat-lexicographic"].solve(task)) for task in tasks]
    equal = sum(ours.is_proven and theirs.is_proven and ours.worth == theirs.worth for ours, theirs in pairs)
    return Figure(
        name=f"optimum proven and equal to CP-SAT's, objective by objective, {len(tasks)} seeded days of today's size",
        target="100 %",
        measured=f"{equal} of {len(tasks)}",
        is_met=equal == len(tasks),
    )


def growth(seeds: int) -> Iterator[Figure]:
    """Measure the cost per departure on larger days."""
    count = max(1, seeds // 10)
    with rival("ours") as ours:
        small = geometric_mean([ours.solve(Task("1x", seed, rounds=3)).cpu_seconds for seed in range(1, seeds + 1)])
        means = {
            size: geometric_mean([ours.solve(Task(size, seed)).cpu_seconds for seed in range(1, count + 1)])
            for size in GROWTH
        }
    departures = [float(SIZES[size].departures) for size in GROWTH]
    a_departure = (means["growth 50x"] / SIZES["growth 50x"].departures) / (small / SIZES["1x"].departures)
    yield at_most("cost per departure, 50x over 1x", (2.0,), [a_departure])
    yield at_most("growth exponent 5x to 100x", (1.1,), [growth_exponent(departures, list(means.values()))])


def processes(seeds: int) -> Figure:
    """Measure a day of 50x, by clusters, on one process and on two."""
    days = [clusters_of_day("50x", seed) for seed in range(1, max(1, seeds // 10) + 1)]
    ratios = [measure_pool([[cluster] for cluster in day], 2) / measure_pool([[c] for c in day], 1) for day in days]
    return at_most("50x on 2 processes / on 1", (0.6,), [geometric_mean(ratios)])


def requests(seeds: int) -> Iterator[Figure]:
    """Measure thirty dates as one model against arrays, and compare requests with their enumeration."""
    tasks = [Task("", seed, rounds=3) for seed in range(1, seeds + 1)]
    with rivals(("request-ours", "request-highspy", "request-closed")) as running:
        timed = {name: [solver.solve(task) for task in tasks] for name, solver in running.items()}
        checked = [Task("", 5000 + n, dates=1 + n % 30, guides=5 + 7 * n % 140) for n in range(REQUESTS_A_SEED * seeds)]
        equal = sum(
            _is_answered_alike(running["request-ours"].solve(task), running["request-closed"].solve(task))
            for task in checked
        )
    beside_raw = cpu_ratio(timed["request-ours"], timed["request-highspy"])
    milliseconds = 1000 * geometric_mean([result.cpu_seconds for result in timed["request-ours"]])
    note = f"({milliseconds:.0f} ms)"
    yield at_most("30 dates x 142 guides, one PuLP model / raw highspy", (1.5,), [beside_raw], of=note)
    yield Figure(
        name=f"the closed form's answers on {len(checked):,} random requests",
        target="all",
        measured=f"{equal:,} of {len(checked):,}",
        is_met=equal == len(checked),
    )


def replans(seeds: int) -> Iterator[Figure]:
    """Measure the replan of a guide's cluster after the guide calls in sick on a published day of 10x."""
    ratios, all_proven, broken = [], True, []
    for seed in range(1, max(1, seeds // 4) + 1):
        clusters = clusters_of_day("10x", seed)
        plans: list[DayPlan] = []
        full = cpu_seconds(partial(_solve_all, clusters, plans))
        cluster, plan = clusters[seed % len(clusters)], plans[seed % len(plans)]
        kept = frozenset((team.departure_id, guide_id) for team in plan for guide_id in team.guide_ids)
        sick = plan.teams[seed % len(plan.teams)].lead
        again: list[DayPlan] = []
        problem = without_guide(cluster, sick, kept)
        ratios.append(cpu_seconds(partial(_solve_all, (problem,), again)) / full)
        all_proven = all_proven and again[0].status is PlanStatus.PROVEN
        broken.append(_worth(problem, again[0]).dropped)
    yield at_most("replan after one guide calls in sick / full solve at 10x", (0.1,), [geometric_mean(ratios)])
    yield Figure(
        name="broken assignments proven minimal",
        target="all",
        measured=f"{'all' if all_proven else 'not all'} of {len(broken)} replans ({sum(broken)} broken)",
        is_met=all_proven,
    )


def short_limits(seeds: int) -> Figure:
    """Measure a time limit of a tenth of a second on the largest component."""
    overshoots, worse, statuses = [], 0, set()
    for seed in range(1, max(1, seeds // 4) + 1):
        problem = max(clusters_of_day("50x", seed), key=lambda cluster: len(cluster.pairs))
        floor = worth_of(problem, solve_greedily(problem, 0.0).teams)
        started = time.perf_counter()
        plan = solve_day(problem, time_limit_seconds=SHORT_SECONDS)
        overshoots.append((time.perf_counter() - started) / SHORT_SECONDS)
        worse += _in_order(_worth(problem, plan)) > _in_order(floor)
        statuses.add(str(plan.status))
    status_names = ", ".join(sorted(statuses))
    return Figure(
        name="a 0.1 s budget on the largest component (one cluster of 50x)",
        target="never worse than greedy, overshoot ≤ 2x",
        measured=f"worse on {worse} of {len(overshoots)}, at most {max(overshoots):.1f}x ({status_names})",
        is_met=not worse and max(overshoots) <= 2,
    )


def time_limits() -> Figure:
    """Measure by how much days of equals, which HiGHS does not interrupt, and a large cluster exceed their limits."""
    problems = [dense_day(1, Density(guides, share, scores_are_equal=True)) for guides, share in DENSE_SIZES]
    problems.append(max(clusters_of_day("50x", 1), key=lambda cluster: len(cluster.pairs)))
    worst, is_met = [], True
    for limit in LIMITS_SECONDS:
        over = max(_wall_seconds(partial(solve_day, problem, time_limit_seconds=limit)) - limit for problem in problems)
        is_met = is_met and over <= max(0.1 * limit, 0.05)
        worst.append(f"{1000 * max(0.0, over):,.0f} ms over {limit:g} s")
    return Figure(
        name=f"time limits on days of equals (up to {len(problems[-2].departures):,} departures) and a 50x cluster",
        target="overshoot ≤ 10 % or 50 ms",
        measured=", ".join(worst),
        is_met=is_met,
    )


def dense_days(seeds: int) -> Figure:
    """Plan days on which every departure can be staffed, and hardly anybody is free, within a short limit."""
    count = DENSE_DAYS_A_SEED * seeds
    staffed = 0
    for seed in range(count):
        problem = dense_day(seed, density_of(seed))
        plan = solve_day(problem, time_limit_seconds=DENSE_SECONDS)
        _worth(problem, plan)
        staffed += not plan.unstaffed
    return Figure(
        name=f"dense days that can be staffed completely, {DENSE_SECONDS:g} s: staffed completely",
        target="≥ 98 %",
        measured=f"{staffed} of {count}",
        is_met=staffed >= 0.98 * count,
    )


def cpu_seconds(do: Callable[[], None]) -> float:
    started = cpu_clock()
    do()
    return cpu_clock() - started


def _wall_seconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def _solve_all(problems: tuple[DayProblem, ...], plans: list[DayPlan]) -> None:
    plans += [solve_day(problem, time_limit_seconds=LIMIT_SECONDS) for problem in problems]


def _worth(problem: DayProblem, plan: DayPlan) -> Worth:
    return worth_of(problem, {team.departure_id: team.guide_ids for team in plan})


def _in_order(worth: Worth) -> tuple[int, int, int]:
    return (worth.lost, worth.dropped, worth.loss)


def _is_answered_alike(ours: Result, closed: Result) -> bool:
    """Return whether both have the same objectives; teams may differ where they are equally good."""
    return ours.is_proven and ours.worth == closed.worth
