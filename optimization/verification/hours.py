"""Whether the guides of a team are elsewhere, and whether they sleep."""

from collections.abc import Iterator
from datetime import UTC, timedelta

from optimization.verification.evidence import Broken, Engagement, Judged
from optimization.verification.guides import names_of

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
    # By UTC: of two times in one zone Python takes what the clocks show, across a change of them too.
    starts_at, ends_at = judged.departure.starts_at.astimezone(UTC), judged.departure.ends_at.astimezone(UTC)
    return max(other.starts_at.astimezone(UTC) - ends_at, starts_at - other.ends_at.astimezone(UTC))


def _spoken(pause: timedelta) -> str:
    return "no time" if pause < NOTHING else f"{pause.total_seconds() / 60:g} min"
