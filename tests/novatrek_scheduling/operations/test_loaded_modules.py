"""What a process loads at its start, in processes of their own: a command does without what it has no use for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]
PLANNING = """
import contextlib, sys
import manage
sys.argv = ["manage.py", "optimize_schedules", "--from", "2027-01-02", "--to", "2027-01-01"]
with contextlib.suppress(SystemExit):
    manage.main()
print(*sys.modules)
"""
CHECKING = """
import django
from django.contrib import admin
from django.core import checks
django.setup()
print(len(admin.site._registry))
print(checks.run_checks(tags=["admin"]), len(admin.site._registry) > 20)
"""


def printed_by(program: str) -> str:
    at = connection.settings_dict
    address = f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    environment = os.environ | {"DATABASE_URL": address}
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return ended.stdout


@pytest.mark.django_db
def test_a_planning_command_loads_neither_pages_nor_the_api_nor_what_only_other_processes_use() -> None:
    loaded = set(printed_by(PLANNING).split())

    pages = {"scheduling.admin", "conflicts.admin", "optimization.admin", "events.admin", "novatrek_scheduling.urls"}
    others = {"rest_framework.serializers", "jsonschema", "httpcore", "confluent_kafka", "jwt"}
    assert "optimization.management.commands.optimize_schedules" in loaded
    assert loaded & (pages | others) == set()
    assert [name for name in loaded if ".migrations.0" in name] == []


@pytest.mark.django_db
def test_the_systems_checks_look_at_the_pages_that_a_command_does_without() -> None:
    assert printed_by(CHECKING).splitlines() == ["0", "[] True"]
