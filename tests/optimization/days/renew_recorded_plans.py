"""Renewal of the recorded plans: `python -m tests.optimization.days.renew_recorded_plans`."""

import os

from django import setup

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.checks_settings")
    setup()
    from tests.optimization.days.recorded_plans import renew

    renew()
