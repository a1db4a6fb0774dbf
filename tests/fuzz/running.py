"""Everything that is done to the service, and what came of it."""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml

from tests.fuzz.contract import BEYOND_THE_CONTRACT, contract_with_documented_statuses
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
    """Hostile requests, those generated from our specification and from the contract, then a look into every log."""
    examples = make_examples(service)
    hostile, problems = run_hostile(service)
    run = partial(run_schemathesis, service, examples, cases=cases, seed=seed, operation=operation)
    generated = [run(), *([run(source=_contract(service))] if operation in {"", *BEYOND_THE_CONTRACT} else [])]
    if any(process.returncode != 0 for process in generated):
        problems.append("Generated requests found problems; they are listed above.")
    summaries = "\n".join(process.stdout for process in generated)
    return Outcome(summaries, hostile, (*problems, *_exceptions(service)))


def _contract(service: RunningService) -> Path:
    """Write the published contract to a file, for requests that its clients may make."""
    path = service.home / "contract.yaml"
    path.write_text(yaml.safe_dump(contract_with_documented_statuses(), sort_keys=False))
    return path


def _exceptions(service: RunningService) -> list[str]:
    """What no answer shows: exceptions that a process only wrote to its log."""
    return [
        f"{program} logged an exception:\n{found[0][-SHOWN_CHARACTERS:]}"
        for program in PROGRAMS
        for found in TRACEBACK.finditer(service.log(program))
    ]
