"""The same work is not done twice: who wants what a run is doing already waits for that run.

It spares work and guards nothing. With Valkey away nobody sees anybody, both work, and the version-checked
write keeps the plans apart as ever.
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
from scheduling.daily_schedules.presence import OptimizerPresence, announce_presence
from scheduling.daily_schedules.writer import read_drafts

logger = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 0.1
# Who shows itself writes its row a moment later.
LOOKS_FOR_A_ROW = 5


@dataclass(frozen=True, slots=True)
class PlanningScope:
    """What somebody wants planned: open departures of these regions of a date, moving at most so many people."""

    day: date
    region_ids: frozenset[UUID]
    max_changes: int | None = None

    def is_part_of(self, other: OptimizerPresence) -> bool:
        """Whether a run that is under way plans all of it."""
        return not other.region_ids or self.region_ids <= other.region_ids


@contextmanager
def run_or_join(work: PlanningScope, *, by: str, run_id: UUID) -> Iterator[OptimizationRun | None]:
    """Show that `by` is at work, and give None to whoever has to do it; else the run that did it meanwhile.

    A joined run is COMPLETED and left nothing of `work` undecided. One that failed, that takes longer than a
    run may, or that could not know of a departure that came in since, is not waited for any longer: then `by`
    does it. Nobody who waits is waited for.
    """
    with announce_presence(work.day, work.region_ids, by=by, run_id=run_id) as at_work:
        under_way = _doing_the_same(work, at_work.others)
        if under_way is None:
            yield None
            return
    RunJoin.objects.create(run=under_way, by=by)
    logger.info("optimization_joined", day=str(work.day), run_id=str(under_way.pk), by=by)
    if _ends_well(under_way) and not _is_anything_undecided(work):
        yield under_way
        return
    with announce_presence(work.day, work.region_ids, by=by, run_id=run_id):
        yield None


def _doing_the_same(work: PlanningScope, others: Collection[OptimizerPresence]) -> OptimizationRun | None:
    """The longest at work of those who do all of it, on the same terms."""
    run_ids = [other.run_id for other in others if other.run_id and work.is_part_of(other)]
    for run_id in run_ids:
        run = _row_of(run_id)
        if run and run.detail.subject == RunDetail.Subject.DAY and run.detail.max_changes == work.max_changes:
            return run
    return None


def _row_of(run_id: UUID) -> OptimizationRun | None:
    rows = OptimizationRun.objects.filter(pk=run_id, detail__isnull=False).select_related("detail")
    for _ in range(LOOKS_FOR_A_ROW):
        if run := rows.first():
            return run
        sleep(LOOK_EVERY_SECONDS)
    return None


def _ends_well(run: OptimizationRun) -> bool:
    until = monotonic() + settings.JOIN_PATIENCE_SECONDS
    while run.status == RunStatus.RUNNING and monotonic() < until:
        sleep(LOOK_EVERY_SECONDS)
        run.refresh_from_db(fields=["status"])
    return bool(run.status == RunStatus.COMPLETED)


def _is_anything_undecided(work: PlanningScope) -> bool:
    """Whether a departure has neither a team nor a reason for having none: the run did not know of it."""
    now = timezone.now()
    departures = read_drafts([work.day])[work.day].document.departures_in(work.region_ids).values()
    return any(
        not departure.team and departure.unassigned_reason is None
        for departure in departures
        if departure.may_be_replanned(now)
    )
