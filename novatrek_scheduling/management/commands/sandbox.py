import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from novatrek_scheduling.sandbox.scale import scale

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
        parser.add_argument("--fresh", action="store_true", help="delete the data of earlier runs")
        parser.add_argument(
            "--port", type=int, default=os.environ.get("PORT", "8000"), help="port of the web process (8000)"
        )
        parser.add_argument(
            "--scale", type=scale, default=1, help="how many times larger the seeded company is (1; at most 100)"
        )

    def handle(
        self, *_args: Any, port: int, once: bool, no_job: bool, fresh: bool, scale: int, **_options: Any
    ) -> None:
        # A late import: the help works without the packages of the sandbox.
        from novatrek_scheduling.sandbox.launch import Options, run_sandbox  # noqa: PLC0415

        # Each size is a company of its own, with its own data.
        home = ROOT / (".sandbox" if scale == 1 else f".sandbox-{scale}")
        sys.exit(run_sandbox(Options(ROOT, home, port, once=once, no_job=no_job, fresh=fresh, scale=scale)))
