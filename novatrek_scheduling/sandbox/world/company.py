"""A company of any size: its regions, trips and trails, a pure function of how many times larger it is than today's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from novatrek_scheduling.sandbox.world.places import PLACES, Place
from novatrek_scheduling.sandbox.world.regions import REGIONS, RegionPlan
from novatrek_scheduling.sandbox.world.trail_plans import TrailPlan, trail_plans
from novatrek_scheduling.sandbox.world.trip_plans import TripPlan, trip_plans

MAX_SCALE = 100


@dataclass(frozen=True, slots=True)
class Company:
    """The seeds of a company: trips and trails by the name of their region."""

    scale: int
    regions: tuple[RegionPlan, ...]
    trips_of: Mapping[str, tuple[TripPlan, ...]]
    trails_of: Mapping[str, tuple[TrailPlan, ...]]

    @property
    def trips(self) -> tuple[TripPlan, ...]:
        return tuple(trip for region in self.regions for trip in self.trips_of[region.name])

    @property
    def trails(self) -> tuple[TrailPlan, ...]:
        return tuple(trail for region in self.regions for trail in self.trails_of[region.name])


@cache
def company_of(scale: int) -> Company:
    """Return the company `scale` times as large as today's. Raises ValueError unless it is from 1 to MAX_SCALE.

    There are as many times more regions as the root of `scale`, to a whole one, and each is larger by the rest: a
    company of ten times the size has 19 regions of 3.2 times the size. The sums over all regions grow by exactly
    `scale`. Every six further ones are of the kinds of the first six, with the same links between neighbours.
    """
    if not 1 <= scale <= MAX_SCALE:
        raise ValueError(f"A company is from 1 to {MAX_SCALE} times as large as today's, not {scale} times.")
    regions = _regions(scale)
    return Company(
        scale=scale,
        regions=regions,
        trips_of={region.name: trip_plans(region) for region in regions},
        trails_of={region.name: trail_plans(region) for region in regions},
    )


def _regions(scale: int) -> tuple[RegionPlan, ...]:
    count = round(len(REGIONS) * scale**0.5)
    names = [*(region.name for region in REGIONS), *(place.name for place in PLACES)][:count]
    return tuple(_grown(index, names, scale) for index in range(count))


def _grown(index: int, names: Sequence[str], scale: int) -> RegionPlan:
    generation, kind = divmod(index, len(REGIONS))
    model = REGIONS[kind]
    plan = replace(
        model, kind=model.name, scale=scale, alike=len(range(kind, len(names), len(REGIONS))), number=generation
    )
    if generation:
        plan = _elsewhere(plan, PLACES[index - len(REGIONS)], index, names)
    departures = plan.share_of(model.departures_a_day)
    return replace(
        plan,
        guides=plan.share_of(model.guides),
        departures_a_day=departures,
        base_camp_capacity=-(-model.base_camp_capacity * departures // model.departures_a_day),
    )


def _elsewhere(plan: RegionPlan, place: Place, index: int, names: Sequence[str]) -> RegionPlan:
    """Return a region of the same kind at another place; its neighbours are those of its kind among its six."""
    first = index - index % len(REGIONS)
    around = dict(zip((region.name for region in REGIONS), names[first : first + len(REGIONS)], strict=False))
    return replace(
        plan,
        name=place.name,
        country=place.country,
        state=place.state,
        timezone=place.timezone,
        latitude=place.latitude,
        longitude=place.longitude,
        station=plan.station and f"WX-{place.country}-{index + 1:02d}",
        base_camp=f"{place.town} Base Camp",
        town=place.town,
        neighbours=tuple(around[name] for name in plan.neighbours if name in around),
    )
