"""Show the benefit of each further reassigned guide: `manage.py show_change_curve [--date …] [--region …] [--json]`."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date, timedelta
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from novatrek_scheduling.company_time import company_day
from novatrek_scheduling.errors import DomainError
from optimization.batch.change_curve import CurvePoint, change_curve
from optimization.batch.regions import find_region
from optimization.days.services import take_planning_snapshot

DEFAULT_LIMIT = 5


class Command(BaseCommand):
    help = "Show the best plan of a date for each maximum of reassigned guides, without storing it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="the date (default: tomorrow)")
        parser.add_argument("--region", help="only this region, by id or name")
        parser.add_argument(
            "--up-to",
            type=int,
            default=DEFAULT_LIMIT,
            help=f"the largest maximum of reassigned guides (default: {DEFAULT_LIMIT})",
        )
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["date"] or company_day() + timedelta(days=1)
        if options["up_to"] < 0:
            raise CommandError("--up-to must be at least 0.")
        try:
            snapshot = take_planning_snapshot(day, None)
            region_name = options["region"]
            regions = [find_region(snapshot, region_name).id] if region_name is not None else list(snapshot.regions)
            points = change_curve(day, regions, snapshot, range(options["up_to"] + 1))
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            before = [None, *points]
            curve = [point.as_json(earlier) for point, earlier in zip(points, before, strict=False)]
            self.stdout.write(json.dumps({"date": day.isoformat(), "curve": curve}, indent=2))
            return
        width = None if self.stdout.isatty() else 140
        Console(file=cast("IO[str]", self.stdout), width=width).print(_table(day, points))


def _table(day: date, points: Sequence[CurvePoint]) -> Table:
    table = Table(title=f"{day}: benefit of reassigning guides", title_justify="left")
    for column in ("Maximum", "Staffed", "Guests", "Kept", "Loss", "Proven", "Reassigned"):
        table.add_column(column, justify="left" if column == "Reassigned" else "right")
    for point in points:
        table.add_row(
            str(point.max_changes),
            str(point.departures),
            str(point.guests),
            str(point.kept),
            str(point.loss),
            "yes" if point.is_proven else "no",
            ", ".join(point.names),
        )
    return table
