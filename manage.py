#!/usr/bin/env python
"""Django's command line for the scheduling orchestrator."""

import os
import sys

from novatrek_scheduling.startup import one_clear_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "novatrek_scheduling.settings")
    with one_clear_line():
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
