"""Large models are solved by a child process, which ends in time whatever HiGHS does."""

import multiprocessing
import os
import signal
import socket
import time
from pathlib import Path

import highspy
import numpy as np
import pulp
import pytest

from benchmarks.solvers.dense import Density, dense_day
from optimization.solver import solve_day
from optimization.solver.assignment_model import AssignmentModel
from optimization.solver.bounded_run import LEAST_ENTRIES, run_apart, run_here
from optimization.solver.decomposition import decompose
from optimization.solver.highs import FastHiGHS
from optimization.solver.solution import PlanStatus
from tests.optimization.solver.days import chosen_pairs, random_day
from tests.optimization.solver.exhaustive import broken_rules

FULL_DAY = dense_day(3, Density(guides=40, share=0.9, scores_are_equal=False))


def _loaded(seed: int) -> highspy.Highs:
    """Return HiGHS with the model of a day in it."""
    model = AssignmentModel.of(decompose(random_day(60, 20, seed=seed)).components[-1])
    model.minimize_everything()
    solver = FastHiGHS(time_limit_seconds=10.0)
    solver.createAndConfigureSolver(model.problem)
    solver._load(model.problem)
    highs: highspy.Highs = model.problem.solverModel
    return highs


def _children() -> str:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text()


def _never_end(highs: object) -> None:
    while True:
        time.sleep(1)


def _die(highs: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _fail(highs: object) -> None:
    raise MemoryError("out of room")


def _name_open_files(highs: object) -> None:
    raise MemoryError(len(os.listdir("/proc/self/fd")))


def test_the_day_is_large_enough_for_a_process() -> None:
    model = AssignmentModel.of(decompose(FULL_DAY).components[-1])

    assert sum(len(row.expr) for row in model.problem._constraints.values()) >= LEAST_ENTRIES


@pytest.mark.parametrize("seed", range(3))
def test_a_child_finds_the_same_solution(seed: int) -> None:
    apart = run_apart(_loaded(seed), seconds=10.0)
    here = run_here(_loaded(seed), is_integer=True)

    assert (apart.status, apart.bound, apart.gap) == (here.status, here.bound, here.gap)
    assert apart.values is not None
    assert here.values is not None
    assert np.array_equal(apart.values, here.values)


def test_a_solver_that_never_ends_is_ended_and_the_day_is_staffed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("highspy.Highs.run", _never_end)
    before = _children()

    plan = solve_day(FULL_DAY, time_limit_seconds=1.0)

    assert (plan.status, plan.error) == (PlanStatus.GREEDY, "")
    assert plan.teams
    assert not broken_rules(FULL_DAY, chosen_pairs(FULL_DAY, plan))
    assert _children() == before


@pytest.mark.parametrize(("end", "error"), [(_die, "died"), (_fail, "MemoryError: out of room")])
def test_a_solver_that_dies_or_fails_leaves_the_floor_and_its_reason(
    end: object, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("highspy.Highs.run", end)
    before = _children()

    plan = solve_day(FULL_DAY, time_limit_seconds=1.0)

    assert plan.status is PlanStatus.GREEDY
    assert error in plan.error
    assert plan.teams
    assert _children() == before


def test_a_worker_that_may_have_no_children_solves_large_models_too() -> None:
    worker = multiprocessing.get_context("fork").Process(target=run_apart, args=(_loaded(1),), kwargs={"seconds": 10.0})
    worker.daemon = True

    worker.start()
    worker.join(30)

    assert worker.exitcode == 0


def test_a_child_holds_no_socket_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    highs = _loaded(1)
    monkeypatch.setattr("highspy.Highs.run", _name_open_files)

    with socket.socket(), pytest.raises(pulp.PulpSolverError, match=r"^MemoryError: 5$"):
        run_apart(highs, seconds=10.0)
