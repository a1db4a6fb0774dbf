"""Dates planned by processes side by side, as an operator asks for it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import Pipe
from pathlib import Path
from threading import get_ident
from typing import Any

import pytest
from django.db import connection, connections

from optimization.batch.planner import DateFailure, PlanningTerms, plan_dates
from optimization.batch.process_init import plan_on_request
from optimization.days.clusters import clusters_of
from optimization.days.reading import RunReading
from optimization.days.services import take_planning_snapshot
from scheduling.daily_schedules.authors import Author, AuthorKind
from tests.optimization.management.typed import plan
from tests.optimization.spoilt_dates import spoil_departures
from tests.siblings import SimulatedSiblings

ROOT = Path(__file__).resolve().parents[3]


def in_a_process(*arguments: str) -> str:
    """What the command prints where nothing ran before it."""
    there = connection.settings_dict
    address = f"postgres://{there['USER']}@{there['HOST']}:{there['PORT']}/{there['NAME']}"
    command = [sys.executable, "manage.py", "optimize_schedules", *arguments]
    env = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.patient_settings"}
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def plans_in(days: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The departures of each date, whenever the catalog was read for them."""
    return [
        {key: departure | {"catalog": departure["catalog"] | {"read_at": None}} for key, departure in planned.items()}
        for planned in (day["departures"] for day in days)
    ]


@pytest.mark.django_db(transaction=True)
def test_processes_side_by_side_make_the_plan_of_one(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, address in siblings.environment.items():
        monkeypatch.setenv(name, address)
    first = siblings.today + timedelta(days=1)
    dates = ["--from", str(first), "--to", str(first + timedelta(days=1))]

    with ThreadPoolExecutor(1) as other:
        # A process with other threads spawns those that plan; the one below, which has none, forks them.
        other.submit(get_ident).result()
        alone, together = (plan("--dry-run", "--workers", number, *dates) for number in ("1", "2"))
    forked = json.loads(in_a_process("--json", "--dry-run", "--workers", "2", *dates))

    assert plans_in(forked) == plans_in(alone)
    assert plans_in(together) == plans_in(alone)
    assert [len(day["runs"]) for day in together] == [len(day["runs"]) for day in alone]


@pytest.mark.django_db(transaction=True)
def test_side_by_side_too_a_date_that_cannot_be_read_stops_no_other(siblings: SimulatedSiblings) -> None:
    """A thread stands for the processes here."""
    siblings.keep(siblings.summary()["region_ids"][:2], guides=24)
    days = [siblings.today + timedelta(days=n) for n in (1, 2, 3)]
    clusters = clusters_of(take_planning_snapshot(days[0], None))
    terms = PlanningTerms(Author(AuthorKind.OPTIMIZATION, "ana"), dry_run=True)
    spoil_departures(siblings, days[1])
    reading = RunReading(days)

    ours, theirs = Pipe()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(plan_on_request, theirs, reading)
        became = list(plan_dates(days, clusters, terms, reading, processes=[ours]))
        ours.close()
        thread.submit(connections.close_all)

    missing = [(outcome.day, outcome.region_ids) for outcome in became if isinstance(outcome, DateFailure)]
    assert sorted(missing, key=str) == sorted([(days[1], cluster) for cluster in clusters], key=str)
    assert len(became) == len(days) * len(clusters)
