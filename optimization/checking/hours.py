"""Whether the guides of a team are elsewhere, and whether they sleep."""

from collections.abc import Iterator
from datetime import timedelta

from optimization.checking.evidence import Broken, Engagement, Judged
from optimization.checking.people import names_of

TURNAROUND, REST = timedelta(minutes=30), timedelta(hours=8)
NOTHING = timedelta()


def overlap(judged: Judged) -> Iterator[Broken]:
    for broken, pause, _ in _pauses(judged):
        if pause < NOTHING:
            yield broken


def turnaround(judged: Judged) -> Iterator[Broken]:
    for broken, pause, _ in _pauses(judged):
        if NOTHING <= pause < TURNAROUND:
            yield broken


def rest(judged: Judged) -> Iterator[Broken]:
    for broken, pause, other in _pauses(judged):
        if TURNAROUND <= pause < REST and other.day != judged.evidence.day:
            yield broken


def _pauses(judged: Judged) -> Iterator[tuple[Broken, timedelta, Engagement]]:
    """The time between the departure and each other thing its guides do; negative where they meet."""
    for guide_id, name in names_of(judged).items():
        for other in judged.evidence.engagements.get(guide_id, ()):
            if other.departure_id != judged.id:
                pause = _pause(judged, other)
                message = f"{name} has {_spoken(pause)} between this and departure {other.departure_id}"
                yield Broken(message, guide_id, about=str(other.departure_id)), pause, other


def _pause(judged: Judged, other: Engagement) -> timedelta:
    departure = judged.departure
    return max(other.starts_at - departure.ends_at, departure.starts_at - other.ends_at)


def _spoken(pause: timedelta) -> str:
    return "no time" if pause < NOTHING else f"{pause.total_seconds() / 60:g} min"
