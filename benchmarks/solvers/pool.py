"""Clusters of days on several processes, as workers plan them: the dates of a cluster in order."""

import gc
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context

from benchmarks.solvers.figures import cpu_clock
from benchmarks.solvers.own import solve_ours
from optimization.solver.problem import DayProblem

LIMIT_SECONDS = 60.0


Chains = Sequence[Sequence[DayProblem]]

_inherited: list[Chains] = []


def measure_pool(chains: Chains, processes: int) -> float:
    """Return the wall seconds until every day of every chain is planned and its teams are received.

    As workers do, the processes have the facts already and receive only the day to plan.
    """
    _inherited[:] = [chains]
    gc.collect()
    gc.freeze()  # a collection in a process would copy all that it shares with this one
    try:
        with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
            list(pool.map(_warm_up, range(processes)))
            started = time.perf_counter()
            _run(pool, chains)
            return time.perf_counter() - started
    finally:
        gc.unfreeze()


def measure_chains(chains: Chains) -> list[list[float]]:
    """Return the CPU seconds of every day of every chain, planned in turn in this process."""
    return [[_cpu_seconds(problem) for problem in chain] for chain in chains]


def _run(pool: ProcessPoolExecutor, chains: Chains) -> None:
    running: dict[Future[object], tuple[int, int]] = {}

    def start(chain: int, place: int) -> None:
        if place < len(chains[chain]):
            running[pool.submit(_plan_inherited, chain, place)] = (chain, place)

    for chain in range(len(chains)):
        start(chain, 0)
    while running:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
            chain, place = running.pop(future)
            start(chain, place + 1)


def _plan_inherited(chain: int, place: int) -> object:
    return _plan(_inherited[0][chain][place])


def _plan(problem: DayProblem) -> object:
    return dict(solve_ours(problem, LIMIT_SECONDS).teams)


def _cpu_seconds(problem: DayProblem) -> float:
    started = cpu_clock()
    _plan(problem)
    return cpu_clock() - started


def _warm_up(_: int) -> None:
    time.sleep(0.05)  # long enough that every process of the pool takes one
