"""Clusters of days on several processes, as workers take them: the dates of a cluster in order."""

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context

from benchmarks.solvers.own import solve_ours
from optimization.problem import DayProblem

LIMIT_SECONDS = 60.0


def measure_pool(chains: Sequence[Sequence[DayProblem]], processes: int) -> float:
    """Wall seconds until every day of every chain is planned, problems sent and teams received included."""
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        list(pool.map(_warm_up, range(processes)))
        started = time.perf_counter()
        _run(pool, chains)
        return time.perf_counter() - started


def measure_chains(chains: Sequence[Sequence[DayProblem]]) -> list[list[float]]:
    """Seconds of CPU of every day of every chain, one after the other in this process."""
    return [[_cpu_seconds(problem) for problem in chain] for chain in chains]


def _run(pool: ProcessPoolExecutor, chains: Sequence[Sequence[DayProblem]]) -> None:
    left = [list(reversed(chain)) for chain in chains]
    running: dict[Future[object], list[DayProblem]] = {}

    def start(chain: list[DayProblem]) -> None:
        if chain:
            running[pool.submit(_plan, chain.pop())] = chain

    for chain in left:
        start(chain)
    while running:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
            start(running.pop(future))


def _plan(problem: DayProblem) -> object:
    return dict(solve_ours(problem, LIMIT_SECONDS).teams)


def _cpu_seconds(problem: DayProblem) -> float:
    started = time.process_time()
    _plan(problem)
    return time.process_time() - started


def _warm_up(_: int) -> None:
    time.sleep(0.05)  # long enough that every process of the pool takes one
