"""Fairness in figures: a guide's hours of the trailing 14 days against those of comparable guides."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from optimization.candidates.assessment import Assessment
from scheduling.domain.document import Departure
from scheduling.rules import Rule

_NOT_COMPARABLE = {Rule.REGION, Rule.ACTIVITY, Rule.NOT_ACTIVE}


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
        return self.trailing_hours - self.mean_hours


def comparable_guides(assessment: Assessment) -> frozenset[UUID]:
    """The guides who could be asked: active, of the departure's region and activity, free on the date or not."""
    could = {guide for guide, exclusion in assessment.excluded.items() if exclusion.rule not in _NOT_COMPARABLE}
    return frozenset(could | {candidate.guide.id for candidate in assessment.candidates})


def workloads(
    guides: Collection[UUID], recent_hours: Mapping[UUID, float], day_hours: Mapping[UUID, float] | None = None
) -> dict[UUID, Workload]:
    """Of each of these guides, who are compared with each other."""
    if not guides:
        return {}
    mean = sum(recent_hours.get(guide, 0.0) for guide in guides) / len(guides)
    on_the_day = day_hours or {}
    return {guide: Workload(recent_hours.get(guide, 0.0), mean, on_the_day.get(guide, 0.0)) for guide in sorted(guides)}


def hours_led(departures: Iterable[Departure]) -> dict[UUID, float]:
    """The hours that each guide is out on these departures."""
    hours: defaultdict[UUID, float] = defaultdict(float)
    for departure in departures:
        for guide in departure.guide_ids:
            hours[guide] += departure.span.duration.total_seconds() / 3600
    return dict(hours)
