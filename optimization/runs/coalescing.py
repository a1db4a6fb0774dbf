"""Coalescing of equal runs ("single flight"): a caller joins a run that already does what it asks for.

It saves work and guards nothing. Without Valkey no optimizer sees another, both plan, and the version-checked
write keeps their plans apart.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from time import monotonic, sleep
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import timezone

from optimization.models import OptimizationRun, RunDetail, RunJoin, RunStatus
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.daily_schedules.presence import OptimizerPresence, announce_presence
from scheduling.domain.document import Candidates, Trait

logger = structlog.get_logger(__name__)

POLL_SECONDS = 0.1
# An optimizer announces its presence a moment before its run has a row.
ROW_POLLS = 5


@dataclass(frozen=True, slots=True)
class PlanningScope:
    """The scope of an optimization: the open departures of these regions on a date.

    `max_changes` limits the reassigned guides, None is no limit.
    """

    day: date
    region_ids: frozenset[UUID]
    max_changes: int | None = None

    def is_part_of(self, other: OptimizerPresence) -> bool:
        """Return True where an optimizer that is at work plans all of this scope."""
        return not other.region_ids or self.region_ids <= other.region_ids


@contextmanager
def run_or_join(scope: PlanningScope, *, by: str, run_id: UUID) -> Iterator[OptimizationRun | None]:
    """Announce the presence of `by` and yield None where it has to optimize; else yield the equivalent run it joined.

    A joined run is COMPLETED and left no departure of `scope` undecided. A run that failed, that takes longer than
    JOIN_PATIENCE_SECONDS, or that could not know of a departure added since, is not joined: `by` optimizes. A caller
    that waits announces no presence, so that no other caller waits for it.
    """
    with announce_presence(scope.day, scope.region_ids, by=by, run_id=run_id) as presence:
        under_way = _equivalent_run(scope, presence.others)
        if under_way is None:
            yield None
            return
    RunJoin.objects.create(run=under_way, by=by)
    logger.info("optimization_joined", day=str(scope.day), run_id=str(under_way.pk), by=by)
    if _completes_in_time(under_way) and not _has_undecided_departures(scope):
        yield under_way
        return
    with announce_presence(scope.day, scope.region_ids, by=by, run_id=run_id):
        yield None


def _equivalent_run(scope: PlanningScope, others: Collection[OptimizerPresence]) -> OptimizationRun | None:
    """Return the earliest of the runs under way that plan all of the scope with the same limit of changes."""
    run_ids = [other.run_id for other in others if other.run_id and scope.is_part_of(other)]
    for run_id in run_ids:
        run = _row_of(run_id)
        if run and run.detail.subject == RunDetail.Subject.DAY and run.detail.max_changes == scope.max_changes:
            return run
    return None


def _row_of(run_id: UUID) -> OptimizationRun | None:
    runs = OptimizationRun.objects.filter(pk=run_id, detail__isnull=False).select_related("detail")
    for _ in range(ROW_POLLS):
        if run := runs.first():
            return run
        sleep(POLL_SECONDS)
    return None


def _completes_in_time(run: OptimizationRun) -> bool:
    until = monotonic() + settings.JOIN_PATIENCE_SECONDS
    while run.status == RunStatus.RUNNING and monotonic() < until:
        sleep(POLL_SECONDS)
        run.refresh_from_db(fields=["status"])
    return bool(run.status == RunStatus.COMPLETED)


def _has_undecided_departures(scope: PlanningScope) -> bool:
    """Return True where a departure has neither a team nor a reason for none: the run did not know of it."""
    now = timezone.now()
    draft = read_drafts([scope.day], departures=(), candidates=[Candidates.of(Trait.REGION, scope.region_ids)])
    departures = draft[scope.day].document.departures_in(scope.region_ids).values()
    return any(
        not departure.team and departure.unassigned_reason is None
        for departure in departures
        if departure.may_be_replanned(now)
    )
