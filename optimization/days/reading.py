"""The snapshots of the dates of a run, which share what is the same for them."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from optimization.days.services import take_planning_snapshot
from scheduling.daily_schedules.decision_facts import Led, departures_led
from scheduling.daily_schedules.places import places_on
from scheduling.domain.facts import Sibling, Snapshot
from scheduling.siblings import SiblingUnavailable
from scheduling.siblings.guide_management import GUIDES_LIFETIME
from scheduling.snapshot.asked_once import GuidesAsked, asking_once
from scheduling.snapshot.builder import take_snapshots

MAX_AGE = GUIDES_LIFETIME
"""How old the snapshot of a date may be when its planning begins: as the shortest-lived of the cached responses."""


USED_AS_LONG = 3
"""What took long to read is used so many times as long: a large company is not read anew for each of its clusters."""


def longest_use(max_age: timedelta, took: timedelta) -> timedelta:
    """Return how old what took so long to read may become: `max_age`, or more where that was a good part of it."""
    return max_age * max(1.0, USED_AS_LONG * took / MAX_AGE)


class RunReading:
    """The snapshots of the dates of a run, of all regions: read together as far ahead as they stay young enough.

    None is older than `max_age` when the planning of its date begins, or three times as old as the reading took where
    that is more. It belongs to one thread at a time, and may be handed on to other processes.
    """

    def __init__(self, days: Collection[date], *, max_age: timedelta = MAX_AGE) -> None:
        self._days = sorted(days)
        self._snapshots: dict[date, Snapshot] = {}
        self._used: set[date] = set()
        self._ahead = len(self._days)
        self._led: Led | None = None
        self._max_age = max_age
        self._took = timedelta()
        self._asked = GuidesAsked(self._days[0], self._days[-1], max_age)

    def snapshot_of(self, day: date) -> Snapshot:
        """Return the snapshot of one of the dates. Raises SiblingUnavailable."""
        snapshot = self.shared_snapshot_of(day)
        if snapshot is None:
            # By itself: what this date lacks, the others may have.
            began_at = datetime.now(UTC)
            self._snapshots[day] = snapshot = take_planning_snapshot(day, None)
            self._took = datetime.now(UTC) - began_at
            self._led = None
        return snapshot

    def shared_snapshot_of(self, day: date) -> Snapshot | None:
        """Return the snapshot of one of the dates if it was read, or can be, with those of others; else None."""
        if day not in self._snapshots or self._is_too_old(self._snapshots[day]):
            self._read_from(day)
        self._used.add(day)
        return self._snapshots.get(day)

    def departures_led(self) -> Led:
        """Return the experience of the guides, read with the snapshots."""
        if self._led is None:
            self._led = departures_led(self._snapshots.values())
        return self._led

    @contextmanager
    def planning(self) -> Iterator[None]:
        """While dates are planned, ask about each guide once; answers are no older than the snapshots may be."""
        with asking_once(self._asked):
            yield

    def _read_from(self, day: date) -> None:
        """Read this date, and those after it that will probably be planned before their snapshots are too old."""
        if self._snapshots:
            used = len(self._used & self._snapshots.keys())
            self._ahead = 2 * used if used == len(self._snapshots) else max(1, used)
        days = [later for later in self._days if later >= day][: self._ahead]
        self._used.clear()
        began_at = datetime.now(UTC)
        self._led = None
        self._snapshots = _taken_together(days) if len(days) > 1 else {}
        self._took = datetime.now(UTC) - began_at
        if not self._snapshots:
            self._ahead = 1

    def _is_too_old(self, snapshot: Snapshot) -> bool:
        read_at = min(snapshot.taken_at, snapshot.read_at[Sibling.GUIDE_MANAGEMENT])
        return datetime.now(UTC) - read_at > longest_use(self._max_age, self._took)


def _taken_together(days: Collection[date]) -> dict[date, Snapshot]:
    places = places_on(days)
    try:
        return take_snapshots(
            {day: of_day.trip_ids for day, of_day in places.items()},
            trail_ids={trail for of_day in places.values() for trail in of_day.trail_ids},
            deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["worker"],
        )
    except SiblingUnavailable:
        return {}
