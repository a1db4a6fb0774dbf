"""The names of what a report on fragility is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from optimization.candidates.unassigned_reasons import additional_guide
from optimization.fragility.hedges import Hedge, Pool
from optimization.fragility.losses import Resource, ResourceKind
from optimization.fragility.standing_day import StandingPlan
from scheduling.domain.document import Departure
from scheduling.domain.words import in_words


@dataclass(frozen=True, slots=True)
class Names:
    """The names of guides, trails, base camps and departures; times are those of the place."""

    plan: StandingPlan

    def of(self, resource: Resource) -> str:
        """Return the name of the resource; of a base camp that of its region, for it has none itself."""
        match resource.kind:
            case ResourceKind.GUIDE:
                return self.guide(resource.id)
            case ResourceKind.TRAIL:
                return self.trail(resource.id)
            case ResourceKind.BASE_CAMP:
                regions = {
                    departure.region_id
                    for departure in self.plan.departures.values()
                    if departure.location_id == resource.id
                }
                return f"the base camp of {' and '.join(sorted(map(self.region, regions)))}"

    def guide(self, guide_id: UUID) -> str:
        guide = self.plan.facts.snapshot.guides.get(guide_id)
        return guide.name if guide else "a guide whose name is not known"

    def trail(self, trail_id: UUID) -> str:
        trail = self.plan.facts.snapshot.trails.get(trail_id)
        return trail.name if trail else "a trail whose name is not known"

    def region(self, region_id: UUID) -> str:
        region = self.plan.facts.snapshot.regions.get(region_id)
        return region.name if region else "another region"

    def newcomer(self, pool: Pool, capacity: int) -> str:
        """Describe a guide to be found: "one more guide who holds first aid and may lead 8 (hiking, Cascades)"."""
        activity = in_words(pool.activity)
        return f"{additional_guide(capacity, pool.certifications)} ({activity}, {self.region(pool.region_id)})"

    def ordered(self, departure_ids: Iterable[UUID]) -> list[tuple[UUID, Departure]]:
        """Return the departures with their ids, the earliest first."""
        departures = [(key, self.plan.departures[key]) for key in departure_ids]
        return sorted(departures, key=lambda item: (item[1].starts_at, item[0]))

    def first_start(self, hedge: Hedge) -> datetime:
        """Return when the hedge is needed first."""
        return self.ordered(hedge.departure_ids)[0][1].starts_at
