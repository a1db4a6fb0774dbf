"""A solver in a process of its own, which is told what to solve and tells how it went."""

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
    """What a solver decided, decoded: the guides of each departure that it staffs."""

    teams: Mapping[UUID, tuple[UUID, ...]]
    is_proven: bool = False
    variables: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """An instance and how to solve it; the best time of `rounds` counts. Where `size` is empty, it is a request."""

    size: str
    seed: int
    crowding: float = 1.0
    rounds: int = 1
    time_limit_seconds: float = TIME_LIMIT_SECONDS
    dates: int = 30
    guides: int = 142


@dataclass(frozen=True, slots=True)
class Result:
    """How a task went.

    `hopeless` are the guests for whom no team would do even if nobody else needed it. `memory_mb` is the most its
    process has ever had, instance and libraries included.
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
    """One process that solves one task after another."""

    def __init__(self, name: str, process: "subprocess.Popen[str]") -> None:
        self.name = name
        self._process = process

    def solve(self, task: Task) -> Result:
        """Raises RuntimeError where the process ends or a plan breaks a rule; it has said why on stderr."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(task)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended while it solved {task}.")
        told: dict[str, Any] = json.loads(line)
        return Result(**told | {"worth": Worth(**told["worth"])})


@contextmanager
def rival(name: str) -> Iterator[Rival]:
    """A rival by its name in `worker.SOLVERS`, whose process lasts as long as the context."""
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
    """Several, each in its own process."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(rival(name)) for name in names}
