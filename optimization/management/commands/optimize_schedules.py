"""Plan dates from the command line: `manage.py optimize_schedules --date 2027-05-01 [--region …] [--dry-run]`."""

import getpass
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, timedelta
from typing import IO, Any, cast
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from novatrek_scheduling.errors import DomainError
from optimization.clusters import clusters_of
from optimization.day_table import day_as_json, print_day
from optimization.planning import Optimized, optimize_day, take_planning_snapshot
from scheduling.authors import Author, AuthorKind
from scheduling.facts import Region, Snapshot


class Command(BaseCommand):
    help = "Staff the departures of one or more dates, and show who leads what and why something is unstaffed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", type=_day, help="the date to plan; tomorrow if nothing is said")
        parser.add_argument("--from", dest="first", type=_day, help="the first of several dates")
        parser.add_argument("--to", dest="last", type=_day, help="the last of several dates; the horizon's end")
        parser.add_argument("--region", help="only this region, by id or name; the others stay as they are")
        parser.add_argument("--dry-run", action="store_true", help="plan and show, store nothing")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            planned = list(self._plan(options))
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps([day_as_json(day, runs) for day, _, runs in planned], indent=2))
            return
        # Into a file or a pipe there is no width to ask for, and 80 columns cut every reason in pieces.
        width = None if self.stdout.isatty() else 140
        console = Console(file=cast("IO[str]", self.stdout), width=width)
        for day, snapshot, runs in planned:
            print_day(console, day, snapshot, runs)

    def _plan(self, options: dict[str, Any]) -> Iterator[tuple[date, Snapshot, list[Optimized]]]:
        days = _days(options)
        author = Author(AuthorKind.OPTIMIZATION, getpass.getuser(), "manage.py optimize_schedules", "command")
        with _progress(quiet=options["json"]) as progress:
            bar = progress.add_task("reading", total=None)
            for day in days:
                progress.update(bar, description=f"reading {day}")
                snapshot = take_planning_snapshot(day, None)
                clusters = _clusters(snapshot, options["region"])
                progress.update(bar, total=len(days) * len(clusters))
                runs = []
                for cluster in clusters:
                    names = ", ".join(sorted(snapshot.regions[one].name for one in cluster))
                    progress.update(bar, description=f"planning {day}: {names}")
                    runs.append(
                        optimize_day(day, cluster, author=author, dry_run=options["dry_run"], snapshot=snapshot)
                    )
                    progress.advance(bar)
                yield day, snapshot, runs
            progress.update(bar, description="planned")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _days(options: dict[str, Any]) -> list[date]:
    tomorrow = timezone.now().date() + timedelta(days=1)
    if options["date"] and (options["first"] or options["last"]):
        raise CommandError("Give --date, or --from and --to.")
    if options["date"] or not (options["first"] or options["last"]):
        return [options["date"] or tomorrow]
    first = options["first"] or tomorrow
    last = options["last"] or tomorrow + timedelta(days=settings.PLANNING_HORIZON_DAYS - 1)
    if last < first:
        raise CommandError(f"--to {last} is before --from {first}.")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _clusters(snapshot: Snapshot, wanted: str | None) -> list[frozenset[UUID]]:
    if wanted is None:
        return clusters_of(snapshot)
    return [frozenset({_region(snapshot, wanted).id})]


def _region(snapshot: Snapshot, wanted: str) -> Region:
    for region in snapshot.regions.values():
        if wanted.casefold() in {str(region.id), region.name.casefold(), region.slug}:
            return region
    known = ", ".join(sorted(region.name for region in snapshot.regions.values()))
    raise CommandError(f"There is no region {wanted}; there are {known}.")


def _progress(*, quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description:<60}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=quiet,
    )
