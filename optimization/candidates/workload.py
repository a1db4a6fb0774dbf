"""The workload of a guide: hours of the trailing 14 days, compared with those of comparable guides."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from optimization.candidates.assessment import Assessment
from scheduling.domain.document import Departure


@dataclass(frozen=True, slots=True)
class Workload:
    """A guide's hours on departures in the 14 days before the date, and on the date itself.

    `mean_hours` is what comparable guides have in those 14 days on average.
    """

    trailing_hours: float
    mean_hours: float
    day_hours: float = 0.0

    @property
    def above_mean(self) -> float:
        """Trailing hours above the mean, negative below it."""
        return self.trailing_hours - self.mean_hours


def comparable_guides(assessment: Assessment) -> frozenset[UUID]:
    """Return the active guides of the departure's region and activity, free on the date or not."""
    guides = assessment.facts.snapshot.guides
    excluded = {guide_id for guide_id in assessment.excluded.related if guides[guide_id].is_active}
    return frozenset(excluded | {guide.id for guide in assessment.able.guides})


def workloads(
    guides: Collection[UUID], recent_hours: Mapping[UUID, float], day_hours: Mapping[UUID, float] | None = None
) -> dict[UUID, Workload]:
    """Return the workload of each of these guides, who are compared with each other; hours are by guide."""
    if not guides:
        return {}
    mean = sum(recent_hours.get(guide, 0.0) for guide in guides) / len(guides)
    day_hours = day_hours or {}
    return {guide: Workload(recent_hours.get(guide, 0.0), mean, day_hours.get(guide, 0.0)) for guide in sorted(guides)}


def hours_led(departures: Iterable[Departure]) -> dict[UUID, float]:
    """Return the hours that each guide is out on these departures."""
    hours: defaultdict[UUID, float] = defaultdict(float)
    for departure in departures:
        for guide in departure.guide_ids:
            hours[guide] += departure.span.duration.total_seconds() / 3600
    return dict(hours)
