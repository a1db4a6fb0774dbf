"""The rows that wait for somebody or something, and how many of each kind there are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from conflicts.detection import Severity
from conflicts.models import RiskAcceptance, ScheduleConflict
from events.models import DeadLetter, OutboxMessage
from novatrek_scheduling.console.counts import RowCount, count_all
from novatrek_scheduling.console.handover.waiting import SOON
from optimization.models import Night, NightDate, OptimizationRun, Proposal, RunStatus
from scheduling.models import Hazard, RequestStatus, ScheduleRequest

A_DAY = timedelta(days=1)
LONGEST_RUN = timedelta(hours=1)
"""A run that began earlier is not under way any more, whatever its row says: its worker was lost."""

May = Callable[[str], bool]
Rows = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class OpenRows:
    """Rows that are counted for those with the permission to view them; each is found by an index."""

    permission: str
    at: Callable[[datetime], Rows]


def _conflicts(severity: Severity) -> OpenRows:
    return OpenRows("conflicts.view_scheduleconflict", lambda _now: ScheduleConflict.objects.open().ranked(severity))


def _requests(status: RequestStatus) -> Rows:
    return ScheduleRequest.objects.filter(status=status)


def _hazards(now: datetime) -> Rows:
    return Hazard.objects.in_force(now, now + A_DAY)


def _proposals(now: datetime, *statuses: str) -> Rows:
    return Proposal.objects.filter(status__in=statuses, expires_at__gt=now)


def _dates_of_the_night(_now: datetime) -> Rows:
    still_to_come = [NightDate.PENDING, NightDate.UNDER_WAY]
    return NightDate.objects.filter(night__status=Night.Status.RUNNING, status__in=still_to_come)


_REQUESTS, _OUTBOX = "scheduling.view_schedulerequest", "events.view_outboxmessage"
_RUNS, _HAZARDS = "optimization.view_optimizationrun", "scheduling.view_hazard"
_SCHEDULES = "scheduling.view_dailyschedule"

KINDS: Mapping[str, OpenRows] = {
    **{severity.value: _conflicts(severity) for severity in Severity},
    "risks": OpenRows(
        "conflicts.view_riskacceptance",
        lambda now: RiskAcceptance.objects.in_force(now).filter(expires_at__lte=now + SOON),
    ),
    "proposals": OpenRows(_SCHEDULES, lambda now: _proposals(now, Proposal.Status.READY)),
    "made": OpenRows(_SCHEDULES, lambda now: _proposals(now, *Proposal.BEING_MADE)),
    "hazards": OpenRows(_HAZARDS, _hazards),
    "closing": OpenRows(_HAZARDS, lambda now: _hazards(now).filter(closes_trails=True)),
    "pending": OpenRows(_REQUESTS, lambda _now: _requests(RequestStatus.PENDING)),
    "processing": OpenRows(_REQUESTS, lambda _now: _requests(RequestStatus.PROCESSING)),
    "failed": OpenRows(_REQUESTS, lambda now: _requests(RequestStatus.FAILED).filter(created_at__gte=now - A_DAY)),
    "runs": OpenRows(
        _RUNS,
        lambda now: OptimizationRun.objects.filter(status=RunStatus.RUNNING, started_at__gte=now - LONGEST_RUN),
    ),
    "night": OpenRows(_RUNS, _dates_of_the_night),
    "unsent": OpenRows(_OUTBOX, lambda _now: OutboxMessage.objects.unsent().filter(attempts=0)),
    "retried": OpenRows(_OUTBOX, lambda _now: OutboxMessage.objects.unsent().filter(attempts__gt=0)),
    "dead": OpenRows("events.view_deadletter", lambda _now: DeadLetter.objects.open()),
}


def read_counts(now: datetime, may: May) -> dict[str, RowCount]:
    """Return how many rows there are of each kind that somebody may view, in one query; none is read far."""
    return count_all({name: kind.at(now) for name, kind in KINDS.items() if may(kind.permission)})
