"""Rival solvers, each in a process of its own that reads tasks and prints results."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.solvers.judging import Worth
from optimization.solver.problem import DayProblem, RequestProblem

CHECKOUT = Path(__file__).resolve().parents[2]
TIME_LIMIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Solved:
    """A solver's decoded solution: the guides of each departure that it staffs."""

    teams: Mapping[UUID, tuple[UUID, ...]]
    is_proven: bool = False
    variables: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """An instance and how to solve it; the best time of `rounds` counts. An empty `size` means a request."""

    size: str
    seed: int
    crowding: float = 1.0
    rounds: int = 1
    time_limit_seconds: float = TIME_LIMIT_SECONDS
    dates: int = 30
    guides: int = 142


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a task.

    `hopeless` is the weight of the departures without a team even on their own. `memory_mb` is the peak of the process,
    instance and libraries included.
    """

    seconds: float
    cpu_seconds: float
    worth: Worth
    is_proven: bool
    variables: int
    rows: int
    hopeless: int
    memory_mb: float


SolveDay = Callable[[DayProblem, float], Solved]
AnswerRequest = Callable[[RequestProblem, float], Solved]


class Rival:
    """A process that solves one task after another."""

    def __init__(self, name: str, process: "subprocess.Popen[str]") -> None:
        self.name = name
        self._process = process

    def solve(self, task: Task) -> Result:
        """Solve a task. Raises RuntimeError if the process ends or a plan breaks a rule; stderr has the reason."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(task)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended while it solved {task}.")
        fields: dict[str, Any] = json.loads(line)
        return Result(**fields | {"worth": Worth(**fields["worth"])})


@contextmanager
def rival(name: str) -> Iterator[Rival]:
    """Yield a rival by its name in `worker.SOLVERS`; its process lasts as long as the context."""
    command = [sys.executable, "-m", "benchmarks.solvers.worker", name]
    process = subprocess.Popen(
        command, cwd=CHECKOUT, env=dict(os.environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Rival(name, process)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def rivals(names: Sequence[str]) -> Iterator[dict[str, Rival]]:
    """Yield several rivals by name, each in its own process."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(rival(name)) for name in names}
