#!/usr/bin/env python
"""Django's command line for the scheduling orchestrator."""

import os
import sys

from novatrek_scheduling.operations.startup import check_command, exit_on_misconfiguration


def main() -> None:
    if sys.argv[1:2] == ["sandbox"]:
        # Before the settings are read: this command creates their environment.
        from novatrek_scheduling.management.commands.sandbox import Command  # noqa: PLC0415

        Command().run_from_argv(sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "novatrek_scheduling.settings")
    with exit_on_misconfiguration():
        from django.core.management import execute_from_command_line  # noqa: PLC0415

        if len(sys.argv) > 1 and not {"-h", "--help"}.intersection(sys.argv):
            check_command(sys.argv[1])
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
