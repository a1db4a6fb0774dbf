from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.dead_letters import replay
from events.models import DeadLetter, DeadLetterQuerySet
from novatrek_scheduling.errors import DomainError


class Command(BaseCommand):
    """Do again what failed, oldest first, as the console does."""

    help = "Replay open dead letters: some by id, those of a source, or all."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--id", type=int, nargs="+", dest="ids", help="these dead letters")
        which.add_argument("--source", help="those of one source: a topic, `outbox`, or another name in the list")
        which.add_argument("--all", action="store_true", help="every open one")
        parser.add_argument("--dry-run", action="store_true", help="only list them")

    def handle(self, *_args: Any, dry_run: bool, **options: Any) -> None:
        failed = 0
        for dead_letter in _chosen(options["ids"], options["source"]).order_by("id"):
            line = f"{dead_letter.pk}\t{dead_letter}\t{dead_letter.reason}"
            if not dry_run:
                outcome = _outcome(dead_letter)
                failed += outcome != "replayed"
                line = f"{dead_letter.pk}\t{dead_letter}\t{outcome}"
            self.stdout.write(line)
        if failed:
            raise CommandError(f"{failed} could not be replayed and stay open.")


def _chosen(ids: list[int] | None, source: str | None) -> DeadLetterQuerySet:
    chosen = DeadLetter.objects.open()
    if ids:
        return chosen.filter(pk__in=ids)
    return chosen.filter(source=source) if source else chosen


def _outcome(dead_letter: DeadLetter) -> str:
    try:
        replay(dead_letter, by="replay_dead_letters")
    except DomainError as error:
        return error.message
    return "replayed"
