"""Show what single losses would do to a date: `manage.py show_fragility 2027-05-01 [--region …] [--json]`."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from novatrek_scheduling.errors import DomainError
from optimization.batch.regions import find_region
from optimization.fragility.report import remarks_on
from optimization.fragility.services import FoundFragility, find_fragility, take_fragility_snapshot
from scheduling.daily_schedules.lookup import schedule_at
from scheduling.domain.text import counted


class Command(BaseCommand):
    help = "Show the guides, trails and base camps whose loss would cost guests their departure, and what would help."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("date", type=date.fromisoformat, help="the date")
        parser.add_argument("--region", help="only the departures of this region, by id or name")
        parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            schedule = schedule_at(options["date"].isoformat())
            snapshot = take_fragility_snapshot(schedule, reader="worker")
            region = options["region"]
            regions = [find_region(snapshot, region).id] if region is not None else list(snapshot.regions)
            found = find_fragility(schedule, snapshot, regions, reader="worker")
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            shown = {"date": found.day.isoformat(), "_rev": found.rev, **found.report}
            self.stdout.write(json.dumps(shown, indent=2))
        else:
            self.stdout.write("\n".join(_lines(found)))


def _lines(found: FoundFragility) -> list[str]:
    report = found.report
    judged = f"{counted(report['departures'], 'departure')} with {counted(report['guests'], 'guest')}"
    lines = [f"{found.day}, revision {found.rev}: {judged}; {report['tried']} losses tried."]
    lines += [f"{place}. {loss['message']}" for place, loss in enumerate(report["most_fragile"], start=1)]
    if not report["most_fragile"]:
        lines.append("No single loss costs guests their departure.")
    if report["also_fragile"]:
        lines.append(f"{len(report['also_fragile'])} further losses would cost something.")
    lines += [f"- {hedge['message']}" for hedge in report["hedges"]]
    lines += remarks_on(report)
    return lines
