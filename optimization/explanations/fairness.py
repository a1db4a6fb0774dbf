"""Workload by region: the guides' hours against the mean of their region."""

from dataclasses import dataclass
from uuid import UUID

from optimization.candidates.workload import Workload, hours_led, workloads
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.domain.document import DepartureStatus
from scheduling.models import DailySchedule
from scheduling.snapshot import take_day_snapshot


@dataclass(frozen=True, slots=True)
class GuideHours:
    """The workload of one guide."""

    guide_id: UUID
    name: str
    workload: Workload


@dataclass(frozen=True, slots=True)
class RegionHours:
    """The workload of the active guides whose home is the region, most hours first; hours of the trailing 14 days."""

    region_id: UUID
    name: str
    mean_hours: float
    guides: tuple[GuideHours, ...]


def fairness_by_region(schedule: DailySchedule, *, deadline_seconds: float) -> list[RegionHours]:
    """Return the regions by name. Raises SiblingUnavailable if the catalog or the guides do not answer."""
    snapshot = take_day_snapshot(schedule.schedule_date, deadline_seconds=deadline_seconds)
    recent_hours = gather_facts(snapshot).recent_hours
    not_cancelled = [
        departure
        for departure in schedule.document.departures.values()
        if departure.status is not DepartureStatus.CANCELLED
    ]
    on_the_day = hours_led(not_cancelled)
    report = []
    for region in sorted(snapshot.regions.values(), key=lambda region: (region.name, region.id)):
        at_home = {
            guide.id: guide for guide in snapshot.guides.values() if guide.is_active and guide.is_at_home_in(region)
        }
        loads = workloads(at_home.keys(), recent_hours, on_the_day)
        guides = [GuideHours(guide_id, at_home[guide_id].name, workload) for guide_id, workload in loads.items()]
        guides.sort(key=lambda guide: (-guide.workload.trailing_hours, guide.name, guide.guide_id))
        mean = guides[0].workload.mean_hours if guides else 0.0
        report.append(RegionHours(region.id, region.name, mean, tuple(guides)))
    return report
