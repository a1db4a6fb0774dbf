from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.dead_letters import replay
from events.models import DeadLetter, DeadLetterQuerySet
from novatrek_scheduling.errors import DomainError


class Command(BaseCommand):
    """Replay dead letters, oldest first, as the console does."""

    help = "Replay open dead letters: by id, of one source, or all."

    def add_arguments(self, parser: CommandParser) -> None:
        selection = parser.add_mutually_exclusive_group(required=True)
        selection.add_argument("--id", type=int, nargs="+", dest="ids", help="the ids of the dead letters")
        selection.add_argument(
            "--source", help="the source of the dead letters: a topic, `outbox`, or another source as listed"
        )
        selection.add_argument("--all", action="store_true", help="all open dead letters")
        parser.add_argument("--dry-run", action="store_true", help="list the dead letters without replaying them")

    def handle(self, *_args: Any, dry_run: bool, **options: Any) -> None:
        failed = 0
        for dead_letter in _selected(options["ids"], options["source"]).order_by("id"):
            line = f"{dead_letter.pk}\t{dead_letter}\t{dead_letter.reason}"
            if not dry_run:
                outcome = _replay_outcome(dead_letter)
                failed += outcome != "replayed"
                line = f"{dead_letter.pk}\t{dead_letter}\t{outcome}"
            self.stdout.write(line)
        if failed:
            raise CommandError(f"{failed} could not be replayed and stay open.")


def _selected(ids: list[int] | None, source: str | None) -> DeadLetterQuerySet:
    dead_letters = DeadLetter.objects.open()
    if ids:
        return dead_letters.filter(pk__in=ids)
    return dead_letters.filter(source=source) if source else dead_letters


def _replay_outcome(dead_letter: DeadLetter) -> str:
    try:
        replay(dead_letter, by="replay_dead_letters")
    except DomainError as error:
        return error.message
    return "replayed"
