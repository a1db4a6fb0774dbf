"""The scores of the plans of some weeks as they stand, and what in them waits for a person's approval."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from optimization.days.score import Tally
from scheduling.models import DailySchedule

DAYS_BEHIND = DAYS_AHEAD = 14

Key = tuple[date, int, datetime]


@dataclass(frozen=True, slots=True)
class DayScore:
    """The plan of a date, without what is cancelled: `score` is 0 to 100.

    `approvals` has the ends of the departures whose team awaits approval.
    """

    day: date
    score: float
    going: int
    staffed: int
    approvals: tuple[datetime, ...]

    @property
    def address(self) -> str:
        return f"{reverse('console:board')}?{urlencode({'date': self.day.isoformat()})}"

    def awaiting(self, now: datetime) -> int:
        """Return how many departures await approval that are not over at `now` (aware)."""
        return sum(end > now for end in self.approvals)


class _Kept:
    """What was found of the documents of each revision: they do not change, and parsing a month takes a while."""

    scores: dict[Key, DayScore] = {}


def read_scores(today: date) -> tuple[DayScore, ...]:
    """Return the plans of the last and the next fourteen days that have departures, the earliest first.

    Two queries, of which the second reads the documents that were written since they were last read.
    """
    window = (today - timedelta(days=DAYS_BEHIND), today + timedelta(days=DAYS_AHEAD))
    rows = DailySchedule.objects.filter(schedule_date__range=window)
    kept = _Kept.scores
    keys = list(rows.order_by("schedule_date").values_list("schedule_date", "rev", "updated_at"))
    found = {key: kept[key] for key in keys if key in kept}
    found |= _read(day for day, *revision in keys if (day, *revision) not in kept)
    _Kept.scores = found
    return tuple(score for score in sorted(found.values(), key=lambda score: score.day) if score.going)


def _read(days: Iterable[date]) -> dict[Key, DayScore]:
    unread = list(days)
    rows = DailySchedule.objects.filter(schedule_date__in=unread) if unread else []
    return {(row.schedule_date, row.rev, row.updated_at): _score_of(row) for row in rows}


def _score_of(schedule: DailySchedule) -> DayScore:
    going = [departure for departure in schedule.document.departures.values() if not departure.is_cancelled]
    return DayScore(
        day=schedule.schedule_date,
        score=Tally.of(going).score(1.0),
        going=len(going),
        staffed=sum(bool(departure.team) for departure in going),
        approvals=tuple(departure.ends_at for departure in going if departure.needs_approval),
    )
