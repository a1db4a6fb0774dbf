"""`python -m tests.fuzz [--cases 2000] [--seed N] [--operation getScheduleRequest]`."""

import argparse
import sys

from tests.fuzz.generated import SEED
from tests.fuzz.running import fuzz
from tests.service import running_service


def main() -> int:
    """Start the service, attack it, say what was found; 1 where anything was."""
    options = _options()
    print("Starting the service on servers of its own.", flush=True)  # noqa: T201
    with running_service() as service:
        print(f"Up at {service.url}; this takes minutes.", flush=True)  # noqa: T201
        outcome = fuzz(service, cases=options.cases, seed=options.seed, operation=options.operation)
    print(outcome.report())  # noqa: T201
    return 1 if outcome.problems else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz ARGS=…", description=__doc__)
    parser.add_argument("--cases", type=int, default=2000, help="generated cases an operation (2000)")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed makes other cases")
    parser.add_argument("--operation", default="", help="only this operation id")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
