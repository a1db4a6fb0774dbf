"""Optimize dates from the command line: `manage.py optimize_schedules --date 2027-05-01 [--region …] [--dry-run]`."""

import getpass
from argparse import ArgumentParser, ArgumentTypeError
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any, cast

import orjson
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from novatrek_scheduling.company_time import company_day
from novatrek_scheduling.errors import DomainError
from optimization.batch.handing_out import Cluster
from optimization.batch.outcomes import DateOutcome
from optimization.batch.pictures import page_of_dates
from optimization.batch.planner import DateFailure, PlanningProcessDied, PlanningTerms, plan_dates
from optimization.batch.processes import planning_processes
from optimization.batch.regions import find_region
from optimization.batch.table import day_as_json, print_day
from optimization.days.clusters import clusters_of
from optimization.days.reading import RunReading
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.facts import Region, Snapshot


class Command(BaseCommand):
    # What a process needs is checked when it starts; Django's checks would load every page of the console for it.
    requires_system_checks: list[str] = []
    help = "Optimize the staffing of one or more dates, and show the teams and the reasons for unstaffed departures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", type=_day, help="the date to optimize (default: tomorrow)")
        parser.add_argument("--from", dest="first", type=_day, help="the first of several dates (default: tomorrow)")
        parser.add_argument(
            "--to", dest="last", type=_day, help="the last of several dates (default: end of the planning horizon)"
        )
        parser.add_argument("--region", help="only this region, by id or name; the others stay unchanged")
        parser.add_argument(
            "--max-changes",
            type=_at_least(0),
            metavar="K",
            help="at most K guides reassigned per date; all regions of a date are then optimized together",
        )
        parser.add_argument(
            "--workers",
            type=_at_least(1),
            default=1,
            help="number of processes that optimize, in parallel, regions without common guides (default: 1)",
        )
        parser.add_argument(
            "--accept-unstaffed",
            action="store_true",
            help="store a plan even if it takes the teams of more published departures than a machine may",
        )
        parser.add_argument("--dry-run", action="store_true", help="show the plan without storing it")
        parser.add_argument("--explain", action="store_true", help="also explain each team")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        parser.add_argument("--html", type=Path, metavar="FILE", help="also write the plans as one page to look at")

    def handle(self, *args: Any, **options: Any) -> None:
        days = _days(options)
        try:
            reading = RunReading(days)
            snapshot = reading.snapshot_of(days[0])
            clusters = _clusters(snapshot, options)
            with planning_processes(min(options["workers"], len(clusters)), reading) as processes:
                planned = _plan(days, clusters, reading, options, processes)
        except DomainError as error:
            raise CommandError(error.message) from error
        except PlanningProcessDied as error:
            raise CommandError("A planning process was killed; plans stored before that remain.") from error
        outcomes: dict[date, list[DateOutcome]] = defaultdict(list)
        for outcome in planned:
            if isinstance(outcome, DateOutcome):
                outcomes[outcome.day].append(outcome)
        by_day, regions = dict(sorted(outcomes.items())), list(snapshot.regions.values())
        self._show(by_day, regions, as_json=options["json"])
        if options["html"]:
            _write(options["html"], page_of_dates(by_day, regions))
        if missing := [outcome for outcome in planned if isinstance(outcome, DateFailure)]:
            raise CommandError("Not planned: " + "; ".join(f"{failure.day}: {failure.reason}" for failure in missing))

    def _show(self, outcomes: dict[date, list[DateOutcome]], regions: list[Region], *, as_json: bool) -> None:
        if as_json:
            shown = [day_as_json(day, of_day) for day, of_day in outcomes.items()]
            self.stdout.write(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode())
            return
        # A file or pipe has no width, and the default of 80 columns breaks every reason.
        width = None if self.stdout.isatty() else 140
        console = Console(file=cast("IO[str]", self.stdout), width=width)
        for day, of_day in outcomes.items():
            print_day(console, day, regions, of_day)


def _plan(
    days: Sequence[date],
    clusters: Sequence[Cluster],
    reading: RunReading,
    options: dict[str, Any],
    processes: Sequence[Connection],
) -> list[DateOutcome | DateFailure]:
    author = Author(AuthorKind.OPTIMIZATION, getpass.getuser(), "manage.py optimize_schedules", "command")
    terms = PlanningTerms(
        author, options["dry_run"], options["max_changes"], options["explain"], options["accept_unstaffed"]
    )
    planned, regions = [], reading.snapshot_of(days[0]).regions
    with _progress(quiet=options["json"]) as progress:
        bar = progress.add_task(f"planning {days[0]}", total=len(days) * len(clusters))
        for outcome in plan_dates(days, clusters, terms, reading, processes=processes):
            planned.append(outcome)
            names = ", ".join(sorted(regions[region].name for region in outcome.region_ids))
            progress.update(bar, advance=1, description=f"{_result_text(outcome)} {outcome.day}: {names}")
    # Parallel processes finish in any order; the output has a fixed one.
    return sorted(planned, key=lambda outcome: (outcome.day, clusters.index(outcome.region_ids)))


def _write(file: Path, page: str) -> None:
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"The page is not written: {error}") from error


def _result_text(outcome: DateOutcome | DateFailure) -> str:
    if isinstance(outcome, DateFailure):
        return "failed to plan"
    return f"joined run {str(outcome.run_id)[:8]} for" if outcome.is_joined else "planned"


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _at_least(least: int) -> Callable[[str], int]:
    def whole_number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise ArgumentTypeError(f"{text} is not a whole number of at least {least}")
        return int(text)

    return whole_number


def _days(options: dict[str, Any]) -> list[date]:
    tomorrow = company_day() + timedelta(days=1)
    if options["date"] and (options["first"] or options["last"]):
        raise CommandError("Give --date, or --from and --to.")
    if options["date"] or not (options["first"] or options["last"]):
        return [options["date"] or tomorrow]
    first = options["first"] or tomorrow
    last = options["last"] or tomorrow + timedelta(days=settings.PLANNING_HORIZON_DAYS - 1)
    if last < first:
        raise CommandError(f"--to {last} is before --from {first}.")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _clusters(snapshot: Snapshot, options: dict[str, Any]) -> list[Cluster]:
    """Return the groups of regions planned independently: all in one if the reassigned guides of a date are limited."""
    if options["region"] is not None:
        return [frozenset({find_region(snapshot, options["region"]).id})]
    return [frozenset(snapshot.regions)] if options["max_changes"] is not None else clusters_of(snapshot)


def _progress(*, quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description:<60}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=quiet,
    )
