"""The regions and the locations of their departures: six, and more of a larger company."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from novatrek_scheduling.sandbox.world.seeding import Entity, choice, identity, stamp, whole

FOUNDED = date(2023, 3, 1)


@dataclass(frozen=True)
class RegionPlan:
    """The seed of a region. `neighbours` are other regions in which its guides may work.

    In a company `scale` times as large, `alike` regions share what the region named `kind` has, times `scale`; this is
    the one with the `number`, from 0.
    """

    name: str
    country: str
    state: str
    timezone: str
    latitude: float
    longitude: float
    station: str | None
    base_camp: str
    base_camp_capacity: int
    guides: int
    departures_a_day: int
    neighbours: tuple[str, ...] = ()
    town: str = ""
    kind: str = ""
    scale: int = 1
    alike: int = 1
    number: int = 0

    @cached_property
    def id(self) -> str:
        return identity("region", self.name)

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" ", "_")

    def share_of(self, count: int) -> int:
        """Return how many fall to this region where a company of today's size has `count` in the region of its kind."""
        each_has, more = divmod(count * self.scale, self.alike)
        return each_has + (self.number < more)


REGIONS = (
    RegionPlan(
        name="Pacific Northwest",
        country="US",
        state="Washington",
        timezone="America/Los_Angeles",
        latitude=47.75,
        longitude=-121.09,
        station="WX-PNW-01",
        base_camp="Cascade Base Camp",
        base_camp_capacity=140,
        guides=26,
        departures_a_day=7,
        neighbours=("Northern Rockies", "Sierra Nevada"),
    ),
    RegionPlan(
        name="Northern Rockies",
        country="US",
        state="Montana",
        timezone="America/Denver",
        latitude=48.69,
        longitude=-113.72,
        station="WX-NRK-02",
        base_camp="Glacier Gate Base Camp",
        base_camp_capacity=120,
        guides=23,
        departures_a_day=6,
        neighbours=("Pacific Northwest",),
    ),
    RegionPlan(
        name="Sierra Nevada",
        country="US",
        state="California",
        timezone="America/Los_Angeles",
        latitude=37.74,
        longitude=-119.58,
        station="WX-SNV-03",
        base_camp="Tuolumne Base Camp",
        base_camp_capacity=140,
        guides=25,
        departures_a_day=7,
        neighbours=("Pacific Northwest",),
    ),
    RegionPlan(
        name="Desert Southwest",
        country="US",
        state="Arizona",
        timezone="America/Phoenix",
        latitude=34.87,
        longitude=-111.76,
        station="WX-DSW-04",
        base_camp="Red Rock Base Camp",
        base_camp_capacity=160,
        guides=23,
        departures_a_day=6,
        neighbours=("Colorado Plateau",),
    ),
    RegionPlan(
        name="Colorado Plateau",
        country="US",
        state="Utah",
        timezone="America/Denver",
        latitude=38.57,
        longitude=-109.55,
        station=None,
        base_camp="Slickrock Base Camp",
        base_camp_capacity=120,
        guides=23,
        departures_a_day=6,
        neighbours=("Desert Southwest",),
    ),
    RegionPlan(
        name="Appalachian Highlands",
        country="US",
        state="Virginia",
        timezone="America/New_York",
        latitude=38.53,
        longitude=-78.35,
        station="WX-APP-06",
        base_camp="Shenandoah Base Camp",
        base_camp_capacity=120,
        guides=22,
        departures_a_day=6,
    ),
)

_WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_STREETS = ("Trailhead Road", "River Lane", "Summit Way")
_OTHER_LOCATIONS = (
    ("OUTPOST", "Outpost", 24),
    ("RENTAL_SHOP", "Gear Rental", 18),
    ("RANGER_STATION", "Ranger Station", 12),
)


def regions(plans: Sequence[RegionPlan], active_trips: dict[str, int]) -> list[Entity]:
    """Return all regions in the representation of svc-trip-catalog; `active_trips` are counts by region id."""
    return [
        {
            "id": plan.id,
            "name": plan.name,
            "description": f"{plan.state}: day trips and overnights out of {plan.base_camp}.",
            "country": plan.country,
            "state": plan.state,
            "coordinates": {"latitude": plan.latitude, "longitude": plan.longitude},
            "weather_station_id": plan.station,
            "timezone": plan.timezone,
            "active_trip_count": active_trips.get(plan.id, 0),
        }
        for plan in plans
    ]


def locations(plans: Sequence[RegionPlan], today: date) -> list[Entity]:
    """Return all locations: headquarters, and per region a base camp, an outpost, a shop and a ranger station."""
    places = [_location(plan, "BASE_CAMP", plan.base_camp, plan.base_camp_capacity, today) for plan in plans]
    for plan in plans:
        for kind, name, capacity in _OTHER_LOCATIONS:
            places.append(_location(plan, kind, f"{plan.name} {name}", capacity, today))
    places.append(_location(plans[0], "HEADQUARTERS", "NovaTrek Headquarters", 200, today))
    return places


def capacities(places: list[Entity], today: date) -> list[Entity]:
    """Return the capacity of each location. Its occupancy counts people present already, mostly staff."""
    return [_capacity(place, today) for place in places]


def capacity_on(capacity: Entity, day: date) -> Entity:
    """Return the capacity of a location on `day`, which may be any date."""
    occupied = whole(2, 2 + capacity["max_capacity"] // 8, "occupancy", capacity["location_id"], day)
    occupied = min(occupied, capacity["max_capacity"])
    return _with_occupancy(capacity, occupied) | {"as_of": stamp(day)}


def _capacity(place: Entity, today: date) -> Entity:
    bare = {"location_id": place["id"], "max_capacity": place["capacity"]}
    return capacity_on(bare, today)


def _with_occupancy(capacity: Entity, occupied: int) -> Entity:
    most = capacity["max_capacity"]
    return capacity | {
        "current_occupancy": occupied,
        "available_spots": most - occupied,
        "utilization_percent": round(100 * occupied / most, 1) if most else 100.0,
    }


def _location(plan: RegionPlan, kind: str, name: str, capacity: int, today: date) -> Entity:
    return {
        "id": identity("location", name),
        "name": name,
        "type": kind,
        "address": {
            "street": f"{whole(1, 980, 'street', name)} {choice(_STREETS, name)}",
            "city": plan.town or choice(["Granite Falls", "Silver Creek", "Eagle Bend", "Fort Hale"], "city", name),
            "state": plan.state,
            "postal_code": f"{whole(10_000, 99_000, 'postal code', name)}",
            "country": plan.country,
        },
        "coordinates": {
            "latitude": round(plan.latitude + whole(-40, 40, "latitude", name) / 100, 4),
            "longitude": round(plan.longitude + whole(-40, 40, "longitude", name) / 100, 4),
            "elevation_meters": float(whole(80, 2_400, "elevation", name)),
        },
        "region_id": plan.id,
        "capacity": capacity,
        "status": _location_status(kind, name),
        "operating_hours": [
            {"day_of_week": day, "open_time": "06:00", "close_time": "20:00", "seasonal_override": False}
            for day in _WEEK
        ],
        "created_at": stamp(FOUNDED),
        "updated_at": stamp(today - timedelta(days=whole(5, 90, "updated", name))),
    }


def _location_status(kind: str, name: str) -> str:
    if kind == "OUTPOST":
        return choice(["ACTIVE", "ACTIVE", "SEASONAL_CLOSURE"], "status", name)
    return "MAINTENANCE" if name == "Colorado Plateau Gear Rental" else "ACTIVE"
