"""The seeded world: the siblings' facts in their representation, a pure function of date and scale."""

from dataclasses import dataclass
from datetime import date

from novatrek_scheduling.sandbox.world import guides, regions, trails, trips, weather
from novatrek_scheduling.sandbox.world.company import company_of
from novatrek_scheduling.sandbox.world.seeding import Entity

__all__ = ["ALL_DAYS", "Entity", "World", "build_world"]

ALL_DAYS = range(-trips.DAYS_PAST, trips.DAYS_AHEAD + 1)


@dataclass(slots=True)
class World:
    """All facts of the siblings on a date, by kind and id, in the representation of their responses.

    `capacities`, `conditions` and `assessments` are keyed by the id of the location or trail, `forecasts` by
    `weather.forecast_id`.
    """

    today: date
    regions: dict[str, Entity]
    trips: dict[str, Entity]
    departures: dict[str, Entity]
    guides: dict[str, Entity]
    certifications: dict[str, Entity]
    windows: dict[str, Entity]
    past_trips: dict[str, Entity]
    trails: dict[str, Entity]
    closures: dict[str, Entity]
    conditions: dict[str, Entity]
    assessments: dict[str, Entity]
    alerts: dict[str, Entity]
    locations: dict[str, Entity]
    capacities: dict[str, Entity]
    forecasts: dict[str, Entity]


def build_world(today: date, scale: int = 1, *, days: range = ALL_DAYS) -> World:
    """Return the world seeded for `today` of a company `scale` times as large: the same arguments, the same world.

    It has departures on `days`, counted from `today`. Raises ValueError for a scale that is no company's.
    """
    company = company_of(scale)
    catalog = trips.trips(company)
    all_guides = guides.guides(company, today)
    locations = regions.locations(company.regions, today)
    return World(
        today=today,
        regions=_by_id(regions.regions(company.regions, _active_trips(catalog))),
        trips=_by_id(catalog),
        departures=_by_id(trips.departures(company, today, days)),
        guides=_by_id(all_guides),
        certifications=_by_id(guides.certifications(all_guides, today)),
        windows=_by_id(guides.windows(all_guides, today)),
        past_trips=_by_id(guides.past_trips(company, all_guides, today)),
        trails=_by_id(trails.trails(company, today)),
        closures=_by_id(trails.closures(company, today)),
        conditions=_by(trails.conditions(company, today), "trail_id"),
        assessments=_by(weather.assessments(company, today), "trail_id"),
        alerts=_by_id(weather.alerts(company, today)),
        locations=_by_id(locations),
        capacities=_by(regions.capacities(locations, today), "location_id"),
        forecasts=weather.forecasts(company, today),
    )


def _by_id(entities: list[Entity]) -> dict[str, Entity]:
    return _by(entities, "id")


def _by(entities: list[Entity], key: str) -> dict[str, Entity]:
    return {entity[key]: entity for entity in entities}


def _active_trips(catalog: list[Entity]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for trip in catalog:
        if trip["status"] == "ACTIVE":
            counts[trip["region_id"]] = counts.get(trip["region_id"], 0) + 1
    return counts
