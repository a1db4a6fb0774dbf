"""The command line of the solver: `python -m optimization.solver FILE.json`; docs/solver-format.md has the format."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from optimization.solver.day import solve_day
from optimization.solver.json_format import plan_as_json, read_problem
from optimization.solver.picture.of_file import page_of_file

EXIT_NOT_WRITTEN = 1
EXIT_INVALID_FILE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Plan the day of a file, print the plan and write its page where one is asked for.

    Return 2, with the errors on stderr, if the file has no valid day, and 1 if the page cannot be written.
    """
    parser = argparse.ArgumentParser(prog="python -m optimization.solver", description="Plan a day described as JSON.")
    parser.add_argument("file", help="JSON file of the day, - for standard input")
    parser.add_argument("--time-limit", type=float, default=20.0, metavar="SECONDS")
    parser.add_argument(
        "--max-changes", type=int, metavar="GUIDES", help="limit on reassigned guides, overriding the file's"
    )
    parser.add_argument("--html", type=Path, metavar="OUT", help="also write the plan as a page to look at")
    options = parser.parse_args(arguments)
    try:
        named = read_problem(_text_of(options.file))
        problem = named.problem
        if options.max_changes is not None:
            problem = replace(problem, max_changes=options.max_changes)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_INVALID_FILE
    plan = solve_day(problem, time_limit_seconds=options.time_limit)
    sys.stdout.write(plan_as_json(plan, named.names))
    return _write_page(options.html, page_of_file(options.file, named, plan)) if options.html else 0


def _write_page(path: Path, page: str) -> int:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_NOT_WRITTEN
    return 0


def _text_of(file: str) -> str:
    return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
