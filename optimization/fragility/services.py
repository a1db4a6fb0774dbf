"""Finding, keeping and answering the fragility of dates."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from novatrek_scheduling.deadline import Deadline
from optimization.days.inputs import add_certificates, load_inputs
from optimization.days.planner import guides_to_certify
from optimization.fragility.analysis import fragility_of
from optimization.fragility.report import report_as_data
from optimization.fragility.standing_day import standing_plan
from optimization.models import FragilityReport
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.domain.facts import Snapshot
from scheduling.models import DailySchedule
from scheduling.siblings.errors import SiblingUnavailable
from scheduling.snapshot.builder import take_day_snapshot

logger = structlog.get_logger(__name__)

DAYS_AHEAD = 3
# What is kept of a revision is found again after this: guides fall ill without a new revision.
REFRESH_AFTER = timedelta(hours=1)
# Those who wait get what is proven by then; nobody waits for the worker.
SECONDS = {"interactive": 2.0, "worker": 20.0}


@dataclass(frozen=True, slots=True)
class FoundFragility:
    """The report on a date at revision `rev` of its daily schedule."""

    day: date
    rev: int
    found_at: datetime
    report: dict[str, Any]


def take_fragility_snapshot(schedule: DailySchedule, *, reader: str) -> Snapshot:
    """Take the snapshot to judge the date on, all regions in it, within the reader's deadline."""
    departures = schedule.document.departures.values()
    return take_day_snapshot(
        schedule.schedule_date,
        trip_ids={departure.trip_id for departure in departures},
        trail_ids={departure.trail_id for departure in departures if departure.trail_id},
        deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS[reader],
    )


def find_fragility(
    schedule: DailySchedule, snapshot: Snapshot, region_ids: Collection[UUID], *, reader: str
) -> FoundFragility:
    """Try the losses of the departures of these regions on the latest plan. Nothing is written.

    `reader` selects the deadlines. The revision is that of `schedule`, read before the plan: where somebody writes in
    between, the report passes for an older one and is found again. Raises SiblingUnavailable.
    """
    day, found_at = schedule.schedule_date, timezone.now()
    seconds = float(settings.SNAPSHOT_DEADLINE_SECONDS[reader])
    inputs = load_inputs(day, region_ids, gather_facts(snapshot), deadline_seconds=seconds)
    inputs = add_certificates(inputs, guides_to_certify(inputs), deadline_seconds=seconds)
    deadline = Deadline.after(SECONDS[reader])
    plan = standing_plan(inputs, time_limit_seconds=deadline.remaining())
    found = fragility_of(plan.day, plan.pools, time_limit_seconds=deadline.remaining())
    return FoundFragility(day, schedule.rev, found_at, report_as_data(plan, found))


def current_report(schedule: DailySchedule) -> FragilityReport:
    """Return the report on the schedule's revision: the kept one, or one found now.

    Where siblings do not answer, that is the latest there is, of whatever revision. Raises SiblingUnavailable where
    there is none.
    """
    kept = FragilityReport.objects.filter(pk=schedule.schedule_date).first()
    if kept and kept.rev == schedule.rev:
        return kept
    try:
        return _refresh(schedule, reader="interactive")
    except SiblingUnavailable:
        if kept is None:
            raise
        return kept


def refresh_reports(now: datetime) -> int:
    """Find the fragility of today's and the next days' plans again where it is not kept or old; return how many were.

    Reports on dates that are over are deleted.
    """
    today = now.date()
    # Yesterday is not over in every region.
    FragilityReport.objects.filter(schedule_date__lt=today - timedelta(days=1)).delete()
    horizon = (today, today + timedelta(days=DAYS_AHEAD))
    schedules = DailySchedule.objects.filter(schedule_date__range=horizon).order_by("schedule_date")
    kept = {report.pk: report for report in FragilityReport.objects.filter(schedule_date__range=horizon)}
    refreshed = 0
    for schedule in schedules:
        report = kept.get(schedule.schedule_date)
        if report and report.rev == schedule.rev and _holds(report, now):
            continue
        try:
            _refresh(schedule, reader="worker")
        except SiblingUnavailable as unavailable:
            logger.warning("fragility_not_found", day=str(schedule.schedule_date), reason=unavailable.message)
        else:
            refreshed += 1
    return refreshed


def _holds(report: FragilityReport, now: datetime) -> bool:
    """Return whether the report is recent and complete: siblings may answer again, and a worker has more time."""
    gaps = report.report["unknown"] or report.report["not_tried"]
    return not gaps and report.found_at > now - REFRESH_AFTER


def _refresh(schedule: DailySchedule, *, reader: str) -> FragilityReport:
    snapshot = take_fragility_snapshot(schedule, reader=reader)
    found = find_fragility(schedule, snapshot, snapshot.regions.keys(), reader=reader)
    return keep_report(found)


def keep_report(found: FoundFragility) -> FragilityReport:
    """Keep the report unless a newer one is kept; of several at once the newest stays."""
    values = {"rev": found.rev, "found_at": found.found_at, "report": found.report}
    report = FragilityReport(schedule_date=found.day, **values)
    # Insert first: whoever finds a row that came in between is compared with it.
    FragilityReport.objects.bulk_create([report], ignore_conflicts=True)
    older = Q(rev__lt=found.rev) | Q(rev=found.rev, found_at__lt=found.found_at)
    FragilityReport.objects.filter(older, pk=found.day).update(**values)
    return report
