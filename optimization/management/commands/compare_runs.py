"""Compare two optimization runs: `manage.py compare_runs A B [--json]`."""

import json
from argparse import ArgumentParser
from typing import IO, Any, cast
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from optimization.runs.comparison import Comparison, Row, UnknownRun, compare_runs


class Command(BaseCommand):
    help = "Compare the inputs, results, effort and changes of two optimization runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("first", type=UUID, help="id of the first run")
        parser.add_argument("second", type=UUID, help="id of the second run")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            comparison = compare_runs(options["first"], options["second"])
        except UnknownRun as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(comparison.as_json(), indent=2))
            return
        width = None if self.stdout.isatty() else 140
        _print(Console(file=cast("IO[str]", self.stdout), width=width), comparison)


def _print(console: Console, comparison: Comparison) -> None:
    table = Table(title="The same problem" if comparison.same_problem else "Different problems", title_justify="left")
    for column in ("", str(comparison.first.pk), str(comparison.second.pk), "Difference"):
        table.add_column(column)
    for row in comparison.rows:
        table.add_row(row.name, _text(row.first), _text(row.second), _difference(row))
    console.print(table)
    for run, lines in zip((comparison.first, comparison.second), comparison.written, strict=True):
        console.print(f"{run.pk} changed {len(lines) or 'no'} fields of its daily schedule.", markup=False)
        for name, change in lines:
            console.print(f"  {name}: {change}", markup=False)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _difference(row: Row) -> str:
    if not row.differs:
        return ""
    return "differs" if row.change is None else f"{row.change:+g}"
