"""Print what the next shift has to know: `manage.py handover_brief [--since 06:00]`."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from novatrek_scheduling.console.handover.brief import Brief, read_brief, since_in
from novatrek_scheduling.console.handover.lines import Line


class Command(BaseCommand):
    help = "Print open conflicts, expiring risks, stale feeds, guides not told yet, proposals, and what was done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", default="", help="what was done since 06:00, or 2026-11-27 06:00, by the company's clock"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            since = since_in(options["since"], now)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(_text(read_brief(now, since, lambda _permission: True))))


def _text(brief: Brief) -> Iterator[str]:
    yield f"Handover, {brief.now:%a %d %b %Y %H:%M %Z}"
    for section in brief.sections:
        yield ""
        yield f"{section.title}{f' ({section.count})' if section.count else ''}"
        if not section.lines:
            yield f"  {section.empty}"
        yield from (f"- {_line(line)}" for line in section.lines)
        if section.further:
            yield f"  {section.further} more"


def _line(line: Line) -> str:
    word = f"{line.look.word}: " if line.look else ""
    return f"{word}{line.text}{f' ({line.detail})' if line.detail else ''}"
