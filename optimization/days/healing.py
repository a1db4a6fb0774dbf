"""Planning again of dates that were planned on gaps, or for a silent sibling not at all, once they have closed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Q

from novatrek_scheduling.queue import QueueUnavailable
from optimization.days.queue import enqueue_dates
from optimization.days.services import take_planning_snapshot
from optimization.models import OptimizationRun, RunDetail, RunStatus
from scheduling.daily_schedules.authors import AuthorKind
from scheduling.domain.facts import RecordKind, Snapshot
from scheduling.siblings import SiblingUnavailable
from scheduling.snapshot import with_certificates

logger = structlog.get_logger(__name__)

SETTLED_AFTER = timedelta(minutes=5)
"""A run younger than this is left alone: a sibling that comes and goes causes no storm of runs."""
LOST_AFTER = timedelta(minutes=30)
"""A date that was queued and has no later run after this time is queued again: its message was lost."""
LOOK_BACK = timedelta(days=2)
MAX_LOOKS = 3
"""Snapshots that one call takes to see whether siblings answer again."""
MAX_QUEUED = 40
MAX_CERTIFICATES = 10
CAUSE = "its last plan was made on gaps"


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a run did not know: silent siblings, and records that were left out, by kind and id."""

    siblings: frozenset[str]
    records: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, detail: RunDetail) -> "Gaps":
        left_out = detail.inputs.get("left_out", [])
        records = frozenset((record["kind"], record["id"]) for record in left_out)
        return cls(frozenset(detail.inputs.get("unknown", {})), records)

    @classmethod
    def in_snapshot(cls, snapshot: Snapshot) -> "Gaps":
        records = frozenset((record.kind.value, str(record.id)) for record in snapshot.left_out)
        return cls(frozenset(sibling.value for sibling in snapshot.unknown), records)

    def __bool__(self) -> bool:
        return bool(self.siblings or self.records)

    def are_closed_in(self, now: "Gaps") -> bool:
        """Return whether nothing of what was unknown is unknown `now`."""
        return self.siblings.isdisjoint(now.siblings) and self.records.isdisjoint(now.records)


def plan_gaps_again(now: datetime) -> int:
    """Queue the dates whose latest plan rests on gaps that have closed, and return how many.

    Each run is followed up once, whoever else calls this at the same time. At most `MAX_LOOKS` snapshots are taken, of
    the earliest date of each set of gaps, the least recently looked at first.
    """
    by_gaps: defaultdict[Gaps, list[RunDetail]] = defaultdict(list)
    for detail in _runs_on_gaps(now):
        by_gaps[Gaps.of(detail)].append(detail)
    queued = 0
    for gaps, details in sorted(by_gaps.items(), key=lambda item: _last_look(item[1]))[:MAX_LOOKS]:
        RunDetail.objects.filter(pk__in=[detail.pk for detail in details]).update(gaps_checked_at=now)
        if _are_closed(gaps, details[0]):
            queued += _queue(details[: MAX_QUEUED - queued], now)
    return queued


def _last_look(details: Sequence[RunDetail]) -> tuple[bool, datetime | None]:
    looks = [detail.gaps_checked_at for detail in details if detail.gaps_checked_at]
    return (bool(looks), max(looks, default=None))


def _runs_on_gaps(now: datetime) -> Iterator[RunDetail]:
    """Yield the latest runs of dates to come that had gaps, by date."""
    last = now.date() + timedelta(days=settings.PLANNING_HORIZON_DAYS)
    runs = OptimizationRun.objects.filter(
        schedule_date__range=(now.date(), last), started_at__gt=now - LOOK_BACK, detail__subject=RunDetail.Subject.DAY
    ).select_related("detail")
    later: defaultdict[date, list[frozenset[str]]] = defaultdict(list)
    on_gaps = []
    for run in runs.order_by("-started_at"):
        regions, gaps = frozenset(run.detail.region_ids), Gaps.of(run.detail)
        is_superseded = any(regions <= others for others in later[run.schedule_date])
        if run.status != RunStatus.FAILED or gaps:
            later[run.schedule_date].append(regions)
        if gaps and not is_superseded and _is_due(run, now):
            on_gaps.append(run)
    for run in sorted(on_gaps, key=lambda run: (run.schedule_date, run.started_at)):
        yield run.detail


def _is_due(run: OptimizationRun, now: datetime) -> bool:
    queued_at = run.detail.planned_again_at
    was_lost = queued_at is not None and queued_at < now - LOST_AFTER
    return run.status != RunStatus.RUNNING and run.started_at < now - SETTLED_AFTER and (queued_at is None or was_lost)


def _are_closed(gaps: Gaps, detail: RunDetail) -> bool:
    """Look at the facts of the run's date as they are now; silence of a sibling that is needed is a gap as well."""
    regions = [UUID(region_id) for region_id in detail.region_ids]
    try:
        snapshot = take_planning_snapshot(detail.run.schedule_date, regions)
    except SiblingUnavailable:
        return False
    unread = [UUID(key) for kind, key in sorted(gaps.records) if kind == RecordKind.CERTIFICATES.value]
    seconds = settings.SNAPSHOT_DEADLINE_SECONDS["worker"]
    snapshot = with_certificates(snapshot, unread[:MAX_CERTIFICATES], deadline_seconds=seconds)
    return gaps.are_closed_in(Gaps.in_snapshot(snapshot))


def _queue(details: Sequence[RunDetail], now: datetime) -> int:
    by_regions: defaultdict[tuple[str, ...], list[RunDetail]] = defaultdict(list)
    for detail in details:
        if _claim(detail, now):
            by_regions[tuple(detail.region_ids)].append(detail)
    queued = 0
    for region_ids, claimed in by_regions.items():
        days = sorted({detail.run.schedule_date for detail in claimed})
        try:
            enqueue_dates(days, region_ids, AuthorKind.OPTIMIZATION.value, CAUSE)
        except QueueUnavailable as error:
            # Each group by itself: the claims of those that come after must not wait until they count as lost.
            RunDetail.objects.filter(pk__in=[detail.pk for detail in claimed]).update(planned_again_at=None)
            logger.warning("gaps_not_queued", days=[str(day) for day in days], reason=error.message)
            continue
        logger.info("gaps_planned_again", days=[str(day) for day in days], regions=list(region_ids))
        queued += len(claimed)
    return queued


def _claim(detail: RunDetail, now: datetime) -> bool:
    """Mark the run as followed up; False where another call was faster."""
    free = RunDetail.objects.filter(pk=detail.pk).filter(
        Q(planned_again_at=None) | Q(planned_again_at__lt=now - LOST_AFTER)
    )
    return bool(free.update(planned_again_at=now))
