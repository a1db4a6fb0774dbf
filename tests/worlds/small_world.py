"""A world that is small enough for each of its guides and departures to be in the other's way."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from tests.siblings import SimulatedSiblings

ACTIVITY, SPECIALTY = "HIKING", "hiking"
HOURS = (5.0, 30.0)
TIMES = ("07:00", "09:30")
FIRST_DAY_AHEAD, DAYS = 3, 2
PLACES = 8
GUIDES = 6


@dataclass(frozen=True, slots=True)
class SmallWorld:
    """Two regions of two time zones, two trips, two trails and two guides in each, and two guides of both.

    Each trip departs once on each of `days`; the second of a region is out overnight.
    """

    siblings: SimulatedSiblings
    region_ids: tuple[str, ...]
    trip_ids: tuple[str, ...]
    trail_ids: tuple[str, ...]
    guide_ids: tuple[str, ...]
    departure_ids: tuple[str, ...]
    days: tuple[date, ...]

    @property
    def regions(self) -> frozenset[UUID]:
        return frozenset(map(UUID, self.region_ids))


_made: dict[tuple[str, int], SmallWorld] = {}


def make_small(siblings: SimulatedSiblings, *, guides: int = GUIDES) -> SmallWorld:
    """Shrink the seeded world of the siblings. Six guides are too few to lead everything, nine are enough.

    That takes hundreds of calls: done once for a process of siblings, and kept there.
    """
    name = f"small-{guides}"
    if (siblings.url, guides) in _made:
        siblings.restore(name)
    else:
        _made[siblings.url, guides] = _shrink(siblings, guides)
        siblings.keep_world(name)
    return _made[siblings.url, guides]


def _shrink(siblings: SimulatedSiblings, guides: int) -> SmallWorld:
    regions = _two_regions(siblings)
    siblings.keep(regions, guides=guides)
    days = tuple(siblings.today + timedelta(days=FIRST_DAY_AHEAD + n) for n in range(DAYS))
    trips = [trip for region in regions for trip in _kept(siblings, "trips", _trips_of(siblings, region))]
    trails = [trail for region in regions for trail in _kept(siblings, "trails", _trails_of(siblings, region))]
    guide_ids = sorted(siblings.summary()["guide_ids"])
    for region in regions:
        siblings.calm_the_weather(region)
    for number, trip in enumerate(trips):
        _simplify_trip(siblings, trip, hours=HOURS[number % 2])
    for trail in trails:
        _open_trail(siblings, trail)
    for number, guide in enumerate(guide_ids):
        _simplify_guide(siblings, guide, regions if number % 3 == 2 else [regions[number % 3]])
    departures = [_add_departure(siblings, trip, day, number) for number, trip in enumerate(trips) for day in days]
    return SmallWorld(siblings, tuple(regions), tuple(trips), tuple(trails), tuple(guide_ids), tuple(departures), days)


def _kept(siblings: SimulatedSiblings, kind: str, ids: list[str]) -> list[str]:
    """The first two, once the others are removed."""
    for entity_id in ids[2:]:
        siblings.remove(kind, entity_id)
    return ids[:2]


def _two_regions(siblings: SimulatedSiblings) -> list[str]:
    """Two regions whose clocks differ, and neither of which is in UTC."""
    regions = [siblings.get("regions", region) for region in siblings.summary()["region_ids"]]
    by_zone = {region["timezone"]: region["id"] for region in reversed(regions)}
    return sorted(by_zone[zone] for zone in ("America/Los_Angeles", "America/New_York"))


def _trips_of(siblings: SimulatedSiblings, region: str) -> list[str]:
    known = siblings.summary()
    trips = [siblings.get("trips", trip) for trip in (*known["trip_ids"], *known["inactive_trip_ids"])]
    return sorted(trip["id"] for trip in trips if trip["region_id"] == region)


def _trails_of(siblings: SimulatedSiblings, region: str) -> list[str]:
    trails = siblings.call("svc-trail-management", "/trails", params={"region_id": region}).json()["trails"]
    return sorted(trail["id"] for trail in trails)


def _simplify_trip(siblings: SimulatedSiblings, trip: str, *, hours: float) -> None:
    page = {"date_from": f"{siblings.today}", "page_size": 100}
    while sold := siblings.call("svc-trip-catalog", f"/trips/{trip}/schedule", params=page).json()["data"]:
        for departure in sold:
            siblings.remove("departures", departure["id"])
    siblings.alter(
        "trips",
        trip,
        activity_type=ACTIVITY,
        difficulty_level="INTERMEDIATE",
        duration_hours=hours,
        min_participants=1,
        max_participants=PLACES,
        required_certifications=["WILDERNESS_FIRST_AID"],
        status="ACTIVE",
    )


def _open_trail(siblings: SimulatedSiblings, trail: str) -> None:
    for closure in siblings.call("svc-trail-management", f"/trails/{trail}/closures").json()["closures"]:
        siblings.remove("closures", closure["id"])
    siblings.alter(
        "trails",
        trail,
        activity_types=[ACTIVITY],
        difficulty="MODERATE",
        status="OPEN",
        max_group_size=12,
        seasonal_availability={"year_round": True, "open_from": None, "open_until": None},
    )
    siblings.alter("conditions", trail, surface_condition="DRY")
    siblings.alter("assessments", trail, overall_status="GOOD", surface_condition="DRY")


def _simplify_guide(siblings: SimulatedSiblings, guide: str, regions: list[str]) -> None:
    siblings.call_guide_back(guide, siblings.today, siblings.today + timedelta(days=30))
    siblings.alter("guides", guide, region_ids=regions, activity_specialties=[SPECIALTY], max_group_size=PLACES)
    siblings.set_certificate(guide, "WILDERNESS_FIRST_AID", status="VALID", expiry_date=None)


def _add_departure(siblings: SimulatedSiblings, trip: str, day: date, number: int) -> str:
    identity = str(uuid5(NAMESPACE_DNS, f"{trip} {day}"))
    added: dict[str, Any] = siblings.add_departure(trip, day, TIMES[number % 2], total=PLACES, sold=2, id=identity)
    return str(added["id"])
