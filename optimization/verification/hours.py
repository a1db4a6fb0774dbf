"""Checks of a guide's time: overlaps, turnaround and rest."""

from collections.abc import Callable, Iterator
from datetime import UTC, timedelta

from optimization.verification.evidence import Breach, CheckedDeparture, Engagement
from optimization.verification.guides import names_of

TURNAROUND, REST = timedelta(minutes=30), timedelta(hours=8)
NOTHING = timedelta()


def check_overlap(checked: CheckedDeparture) -> Iterator[Breach]:
    return _breaches(checked, lambda pause, _: pause < NOTHING)


def check_turnaround(checked: CheckedDeparture) -> Iterator[Breach]:
    return _breaches(checked, lambda pause, _: NOTHING <= pause < TURNAROUND)


def check_rest(checked: CheckedDeparture) -> Iterator[Breach]:
    day = checked.evidence.day
    return _breaches(checked, lambda pause, other: TURNAROUND <= pause < REST and other.day != day)


def _breaches(checked: CheckedDeparture, is_too_short: Callable[[timedelta, Engagement], bool]) -> Iterator[Breach]:
    """Yield the other engagements of the departure's guides from which the pause is too short."""
    for guide_id, name in names_of(checked).items():
        for other in checked.evidence.engagements.get(guide_id, ()):
            if other.departure_id != checked.id:
                pause = _pause(checked, other)
                if is_too_short(pause, other):
                    message = f"{name} has {_spoken(pause)} between this and departure {other.departure_id}"
                    yield Breach(message, guide_id, about=str(other.departure_id))


def _pause(checked: CheckedDeparture, other: Engagement) -> timedelta:
    """Return the time between the two; negative if they overlap."""
    # In UTC: Python subtracts two times of one zone by the wall clock, even across a clock change.
    starts_at, ends_at = checked.departure.starts_at.astimezone(UTC), checked.departure.ends_at.astimezone(UTC)
    return max(other.starts_at.astimezone(UTC) - ends_at, starts_at - other.ends_at.astimezone(UTC))


def _spoken(pause: timedelta) -> str:
    return "no time" if pause < NOTHING else f"{pause.total_seconds() / 60:g} min"
