"""Planning processes and their parent, in processes of their own, which have no other threads and are forked."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
STARTED = """
import multiprocessing, os, signal
from datetime import UTC, date, datetime
from uuid import UUID
import django
django.setup()
from optimization.batch.planner import PlanningProcessDied, PlanningTerms, plan_dates
from optimization.batch.processes import planning_processes
from optimization.days.reading import RunReading
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.facts import Snapshot
DAY = date(2027, 1, 1)
class NothingListed(RunReading):
    def snapshot_of(self, day):
        return Snapshot(datetime.now(UTC), (day,), {}, {})
terms = PlanningTerms(Author(AuthorKind.OPTIMIZATION, "ana"), dry_run=True)
reading = NothingListed([DAY])
"""
PARENT_KILLED = """
with planning_processes(2, reading):
    print(len(multiprocessing.active_children()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
FIRST_KILLED = """
with planning_processes(2, reading) as processes:
    first, second = sorted(multiprocessing.active_children(), key=lambda child: child.pid)
    first.kill()
    try:
        list(plan_dates([DAY], [frozenset({UUID(int=1)})], terms, reading, processes=processes))
    except PlanningProcessDied:
        print("told", second.is_alive())
print(multiprocessing.active_children())
"""


def run(program: str) -> "subprocess.CompletedProcess[str]":
    """Run the program until nobody writes to its output any more: neither it nor a process that it has forked."""
    command = [sys.executable, "-c", STARTED + program]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=50, check=False)


def test_processes_end_with_a_parent_that_is_killed() -> None:
    ended = run(PARENT_KILLED)

    assert (ended.returncode, ended.stdout) == (-9, "2\n")


def test_the_death_of_one_is_told_while_the_other_lives_and_both_are_ended() -> None:
    ended = run(FIRST_KILLED)

    assert ended.stdout.splitlines() == ["told True", "[]"]
