"""Plan a day that a file describes: `python -m optimization.solver FILE.json`.

The format is in docs/solver-format.md.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from optimization.solver.day import solve_day
from optimization.solver.json_format import WRONG_FILE, read_problem, written_plan


def main(arguments: Sequence[str] | None = None) -> int:
    """Plan the day of a file and print the plan; 2, and what is wrong on stderr, if the file has no day."""
    parser = argparse.ArgumentParser(prog="python -m optimization.solver", description="Plan a day given as JSON.")
    parser.add_argument("file", help="the day, - for standard input")
    parser.add_argument("--time-limit", type=float, default=20.0, metavar="SECONDS")
    parser.add_argument("--max-changes", type=int, metavar="PEOPLE", help="instead of the file's")
    options = parser.parse_args(arguments)
    try:
        named = read_problem(_text_of(options.file))
        problem = named.problem
        if options.max_changes is not None:
            problem = replace(problem, max_changes=options.max_changes)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_FILE
    plan = solve_day(problem, time_limit_seconds=options.time_limit)
    sys.stdout.write(written_plan(plan, named.names))
    return 0


def _text_of(file: str) -> str:
    return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
