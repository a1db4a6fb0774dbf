"""Checks of a guide's time: overlaps, turnaround and rest."""

from collections.abc import Iterator
from datetime import UTC, timedelta

from optimization.verification.evidence import Breach, CheckedDeparture, Engagement
from optimization.verification.guides import names_of

TURNAROUND, REST = timedelta(minutes=30), timedelta(hours=8)
NOTHING = timedelta()


def check_overlap(checked: CheckedDeparture) -> Iterator[Breach]:
    for breach, pause, _ in _pauses(checked):
        if pause < NOTHING:
            yield breach


def check_turnaround(checked: CheckedDeparture) -> Iterator[Breach]:
    for breach, pause, _ in _pauses(checked):
        if NOTHING <= pause < TURNAROUND:
            yield breach


def check_rest(checked: CheckedDeparture) -> Iterator[Breach]:
    for breach, pause, other in _pauses(checked):
        if TURNAROUND <= pause < REST and other.day != checked.evidence.day:
            yield breach


def _pauses(checked: CheckedDeparture) -> Iterator[tuple[Breach, timedelta, Engagement]]:
    """Yield the time between the departure and each other engagement of its guides; negative if they overlap."""
    for guide_id, name in names_of(checked).items():
        for other in checked.evidence.engagements.get(guide_id, ()):
            if other.departure_id != checked.id:
                pause = _pause(checked, other)
                message = f"{name} has {_spoken(pause)} between this and departure {other.departure_id}"
                yield Breach(message, guide_id, about=str(other.departure_id)), pause, other


def _pause(checked: CheckedDeparture, other: Engagement) -> timedelta:
    # In UTC: Python subtracts two times of one zone by the wall clock, even across a clock change.
    starts_at, ends_at = checked.departure.starts_at.astimezone(UTC), checked.departure.ends_at.astimezone(UTC)
    return max(other.starts_at.astimezone(UTC) - ends_at, starts_at - other.ends_at.astimezone(UTC))


def _spoken(pause: timedelta) -> str:
    return "no time" if pause < NOTHING else f"{pause.total_seconds() / 60:g} min"
