"""Where a departure that is out is to be, by its planned times: nothing is reported from the trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from scheduling.domain.facts import Span

EVENING = time(18)
"""When a party that is out over night reports, by the clocks of its start."""
MORNING_AFTER = timedelta(hours=12)
HALF = 0.5


class LegPlanned(StrEnum):
    """The half of its time that a departure is in, or its night."""

    OUTBOUND = "OUTBOUND"
    OVERNIGHT = "OVERNIGHT"
    RETURNING = "RETURNING"


class CheckInKind(StrEnum):
    HALFWAY = "HALFWAY"
    EVENING = "EVENING"
    RETURN = "RETURN"


@dataclass(frozen=True, slots=True)
class CheckIn:
    kind: CheckInKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """`share` is the part of the planned time that is over, 0 to 1."""

    leg: LegPlanned
    share: float
    next_check_in: CheckIn


def progress_of(planned: Span, now: datetime) -> Progress:
    """Return where a departure planned for `planned` is to be at `now` (aware), which lies within.

    It checks in half-way, each evening at 18:00 where it comes back on another date, and at its end. It is out over
    night from an evening's check-in until 06:00.
    """
    share = (now.astimezone(UTC) - planned.starts_at.astimezone(UTC)) / planned.duration
    following = min((check for check in _check_ins(planned) if check.at > now), key=lambda check: check.at)
    return Progress(_leg(planned, now, share), round(min(max(share, 0.0), 1.0), 3), following)


def _check_ins(planned: Span) -> Iterator[CheckIn]:
    halfway = planned.starts_at.astimezone(UTC) + planned.duration * HALF
    yield CheckIn(CheckInKind.HALFWAY, halfway.astimezone(planned.starts_at.tzinfo))
    yield from (CheckIn(CheckInKind.EVENING, evening) for evening in _evenings(planned))
    yield CheckIn(CheckInKind.RETURN, planned.ends_at)


def _evenings(planned: Span) -> Iterator[datetime]:
    """Yield 18:00 of every date whose night is spent outside."""
    first = planned.starts_at.date()
    nights = (planned.ends_at.astimezone(planned.starts_at.tzinfo).date() - first).days
    for night in range(nights):
        evening = datetime.combine(first + timedelta(days=night), EVENING, planned.starts_at.tzinfo)
        if planned.starts_at < evening < planned.ends_at:
            yield evening


def _leg(planned: Span, now: datetime, share: float) -> LegPlanned:
    if any(evening <= now < evening + MORNING_AFTER for evening in _evenings(planned)):
        return LegPlanned.OVERNIGHT
    return LegPlanned.OUTBOUND if share < HALF else LegPlanned.RETURNING
