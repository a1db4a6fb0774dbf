import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

ROOT = Path(__file__).resolve().parents[3]


class Command(BaseCommand):
    """The whole service on this machine. Needs no settings: it makes the environment they are read from."""

    help = "Start everything with a seeded world, do the main job, and stay up until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--once", action="store_true", help="end after the main job; its success is the status")
        what.add_argument("--no-job", action="store_true", help="only start everything")
        parser.add_argument("--fresh", action="store_true", help="forget what earlier runs kept in .sandbox/")
        parser.add_argument(
            "--port", type=int, default=os.environ.get("PORT", "8000"), help="of the web process (8000)"
        )

    def handle(self, *_args: Any, port: int, once: bool, no_job: bool, fresh: bool, **_options: Any) -> None:
        # The help of this command is there also where the wheels of the sandbox are not.
        from novatrek_scheduling.sandbox.launch import Options, run_sandbox  # noqa: PLC0415

        sys.exit(run_sandbox(Options(ROOT, ROOT / ".sandbox", port, once=once, no_job=no_job, fresh=fresh)))
