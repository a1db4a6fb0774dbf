"""Accept answers of siblings that are not believed: `manage.py accept_sibling_answers [ID …]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scheduling.models import LastGoodAnswer
from scheduling.siblings.last_good_rows import accept_answer


class Command(BaseCommand):
    help = "List the answers of siblings that are not believed, or accept those named: the next answer is believed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, metavar="ID", help="the answers to accept, as listed")

    def handle(self, *_args: Any, ids: list[int], **_options: Any) -> None:
        doubted = {answer.pk: answer for answer in LastGoodAnswer.objects.exclude(suspicion="").order_by("pk")}
        if unknown := [str(key) for key in ids if key not in doubted]:
            raise CommandError(f"No answer that is not believed has the id {', '.join(unknown)}.")
        for answer in [doubted[key] for key in ids]:
            accept_answer(answer)
            self.stdout.write(f"accepted: {answer}")
        if not ids:
            for key, answer in doubted.items():
                self.stdout.write(
                    f"{key}  {answer}: {answer.suspicion}, since {answer.suspected_at:%Y-%m-%d %H:%M} UTC"
                )
