"""`python -m benchmarks.planned_date --siblings PID DATE …`: the operator's command in this process, date by date.

Prints what each date cost as JSON. It is the child of `benchmarks.pipeline`, whose environment it runs in.
"""

import argparse
import gc
import io
import json
import re
import time
from pathlib import Path
from typing import Any

import django

from benchmarks.boundaries import PartTimes, watch
from benchmarks.cpu import cpu_seconds, fields_of
from novatrek_scheduling.operations.garbage_collection import collect_less_while_planning, freeze_loaded_objects

PARTS = {
    "snapshot": (
        "scheduling.snapshot.builder:take_facts_snapshot",
        "scheduling.snapshot.builder:take_snapshots",
        "scheduling.snapshot.guide_details:with_certificates",
        "scheduling.snapshot.guides:with_availability_on",
        "scheduling.snapshot.guide_details:with_availability_notes",
        "scheduling.snapshot.trip_schedules:read_trip_schedules",
    ),
    "documents": (
        "scheduling.daily_schedules.decision_facts:gather_facts",
        "scheduling.daily_schedules.catalog_following:follow_catalog",
        "optimization.days.inputs:load_inputs",
    ),
    "candidates": (
        "optimization.days.planner:guides_to_certify",
        "optimization.days.planner:assign_guides",
        "optimization.days.planner:form_teams",
    ),
    "model": ("optimization.days.planner:_problem",),
    "solve": ("optimization.solver.day:solve_day",),
    "verification": (
        "optimization.days.verification:refuse_broken_plan",
        "optimization.days.written_changes:refuse_broken_write",
    ),
    "write": ("scheduling.daily_schedules.writer:write_daily_schedules",),
    "conflicts": (
        "conflicts.monitoring.services:detect_in_unchanged",
        "conflicts.monitoring.services:detect_in_changes",
    ),
}


def main() -> None:
    """Plan each date, and print its costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--siblings", type=int, required=True)
    parser.add_argument("days", nargs="+")
    options = parser.parse_args()
    django.setup()
    from django.core.management import load_command_class  # noqa: PLC0415 (after the settings are read)

    from scheduling.daily_schedules.changes import detectors  # noqa: PLC0415 (models need django.setup)

    load_command_class("optimization", "optimize_schedules")
    # As the command does when it starts.
    freeze_loaded_objects()
    collect_less_while_planning()
    times = PartTimes()
    watch(PARTS, times, hooks=[detectors._functions])
    print(json.dumps([_cost(day, options.siblings, times) for day in options.days]))


def _cost(day: str, siblings: int, times: PartTimes) -> dict[str, Any]:
    from django.core.cache import caches  # noqa: PLC0415 (models need django.setup)
    from django.core.management import call_command  # noqa: PLC0415

    caches["siblings"].clear()
    gc.collect()
    database = _database_processes()
    before, started, printed = (cpu_seconds([siblings]), cpu_seconds(database)), time.perf_counter(), io.StringIO()
    times.taken()
    call_command("optimize_schedules", "--date", day, "--json", stdout=printed)
    parts = times.taken()
    [planned] = json.loads(printed.getvalue())
    return {
        "parts": parts,
        "wall": time.perf_counter() - started,
        "siblings": cpu_seconds([siblings]) - before[0],
        "database": cpu_seconds(database) - before[1],
        "memory_mb": _most_memory_mb(),
        "departures": len(planned["departures"]),
    }


def _database_processes() -> list[int]:
    """Return the processes of the server of this process's connection."""
    from django.db import connection  # noqa: PLC0415 (the settings are read by now)

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()
    postmaster = _parent(backend)
    running = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
    return [process for process in running if _parent(process) == postmaster]


def _parent(process: int) -> int:
    fields = fields_of(process)
    return int(fields[1]) if fields else 0


def _most_memory_mb() -> float:
    """Return the peak of this program alone: `ru_maxrss` includes the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


if __name__ == "__main__":
    main()
