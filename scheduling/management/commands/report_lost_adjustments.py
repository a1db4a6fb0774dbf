"""Report lost adjustments of guides: `manage.py report_lost_adjustments [--from … --to …] [--json]`."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import UTC, date
from typing import Any

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from scheduling.domain.text import counted
from scheduling.history.lost_adjustments import LostAdjustment, lost_adjustments


class Command(BaseCommand):
    help = "List guides whose notes or preferences are empty now but were not in an earlier revision."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="the first schedule date")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="the last schedule date, included")
        parser.add_argument("--json", action="store_true", help="print a JSON list")

    def handle(self, *_args: Any, first: date | None, last: date | None, **options: Any) -> None:
        lost = lost_adjustments(first, last)
        if options["json"]:
            self.stdout.write(json.dumps([asdict(adjustment) for adjustment in lost], cls=DjangoJSONEncoder, indent=2))
            return
        for adjustment in lost:
            self.stdout.write(_line(adjustment))
        self.stdout.write(f"{counted(len(lost), 'field')} lost" if lost else "nothing lost")


def _line(lost: LostAdjustment) -> str:
    value = json.dumps(lost.last_value, ensure_ascii=False)
    time = f"{lost.changed_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    by = f"{lost.author} ({lost.kind})"
    loss = f"emptied in revision {lost.rev}" if lost.is_recorded else f"lost without a record after revision {lost.rev}"
    return f"{lost.schedule_date}  guide {lost.guide_id}  {lost.field}: {value}, {loss} of {time} by {by}"
