"""Everything that is done to the service, and what came of it."""

import re
from dataclasses import dataclass

from tests.fuzz.examples import make_examples
from tests.fuzz.generated import SEED, run_schemathesis
from tests.fuzz.hostile import run_hostile
from tests.service import RunningService

PROGRAMS = ("web", "worker", "relay", "consumer", "beat")
TRACEBACK = re.compile(r"Traceback \(most recent call last\).*?(?=\n\S*\d{4}-\d{2}-\d{2}T|\Z)", re.DOTALL)
SHOWN_CHARACTERS = 3000


@dataclass(frozen=True, slots=True)
class Outcome:
    """The summary of the generated requests, the number of hostile ones, and all that was wrong."""

    generated: str
    hostile: int
    problems: tuple[str, ...]

    def report(self) -> str:
        verdict = "\n\n".join(self.problems) or "No answer outside the specification, no 5xx, no exception in any log."
        return f"{self.generated}\nHostile requests: {self.hostile}\n\n{verdict}"


def fuzz(service: RunningService, *, cases: int, seed: int = SEED, operation: str = "") -> Outcome:
    """Hostile and generated requests, then a look into the logs of every process."""
    examples = make_examples(service)
    hostile, problems = run_hostile(service)
    generated = run_schemathesis(service, examples, cases=cases, seed=seed, operation=operation)
    if generated.returncode != 0:
        problems.append("Generated requests found problems; they are listed above.")
    return Outcome(generated.stdout, hostile, (*problems, *_exceptions(service)))


def _exceptions(service: RunningService) -> list[str]:
    """What no answer shows: exceptions that a process only wrote to its log."""
    return [
        f"{program} logged an exception:\n{found[0][-SHOWN_CHARACTERS:]}"
        for program in PROGRAMS
        for found in TRACEBACK.finditer(service.log(program))
    ]
