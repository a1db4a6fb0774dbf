import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

ROOT = Path(__file__).resolve().parents[3]


class Command(BaseCommand):
    """Run the whole service on this machine. Requires no settings: the command creates their environment."""

    help = "Start all processes on seeded sibling services, run the main job, and serve until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument(
            "--once", action="store_true", help="exit after the main job, with its success as exit status"
        )
        mode.add_argument("--no-job", action="store_true", help="start all processes without the main job")
        parser.add_argument("--fresh", action="store_true", help="delete the data of earlier runs in .sandbox/")
        parser.add_argument(
            "--port", type=int, default=os.environ.get("PORT", "8000"), help="port of the web process (8000)"
        )

    def handle(self, *_args: Any, port: int, once: bool, no_job: bool, fresh: bool, **_options: Any) -> None:
        # A late import: the help works without the packages of the sandbox.
        from novatrek_scheduling.sandbox.launch import Options, run_sandbox  # noqa: PLC0415

        sys.exit(run_sandbox(Options(ROOT, ROOT / ".sandbox", port, once=once, no_job=no_job, fresh=fresh)))
