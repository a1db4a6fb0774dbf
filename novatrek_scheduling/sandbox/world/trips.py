"""The trips of the catalog and their departures, 38 on each date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from novatrek_scheduling.sandbox.world.regions import FOUNDED, REGIONS, RegionPlan
from novatrek_scheduling.sandbox.world.seeding import Entity, fraction, identity, stamp, whole

DAYS_PAST = 60
DAYS_AHEAD = 120
_SNOW_MONTHS = frozenset({11, 12, 1, 2, 3, 4})
_SNOW_ACTIVITIES = frozenset({"SNOWSHOEING", "BACKCOUNTRY_SKIING"})
_FITNESS = {"BEGINNER": "LOW", "INTERMEDIATE": "MODERATE", "ADVANCED": "HIGH", "EXPERT": "VERY_HIGH"}
_AGE_MINIMUM = {"BEGINNER": 8, "INTERMEDIATE": 14, "ADVANCED": 16, "EXPERT": 18}
_CERTIFICATIONS = {
    "ROCK_CLIMBING": ["WILDERNESS_FIRST_AID", "ROPE_RESCUE"],
    "KAYAKING": ["WILDERNESS_FIRST_AID", "KAYAK_INSTRUCTOR"],
    "RAFTING": ["WILDERNESS_FIRST_AID", "SWIFT_WATER_RESCUE"],
    "CANYONEERING": ["WILDERNESS_FIRST_AID", "ROPE_RESCUE"],
    "BACKCOUNTRY_SKIING": ["WILDERNESS_FIRST_AID", "AVALANCHE_SAFETY"],
}
_GEAR = {
    "HIKING": "Hiking boots",
    "ROCK_CLIMBING": "Climbing helmet",
    "KAYAKING": "Personal flotation device",
    "RAFTING": "Wetsuit",
    "CAMPING": "Sleeping bag",
    "MOUNTAIN_BIKING": "Bike helmet",
    "CANYONEERING": "Harness",
    "SNOWSHOEING": "Snowshoes",
    "BACKCOUNTRY_SKIING": "Avalanche transceiver",
    "WILDLIFE_SAFARI": "Binoculars",
}


@dataclass(frozen=True, slots=True)
class TripPlan:
    """The seed of a trip. It departs every `every` days at the first of `times`, and also at the second if the
    region has departures left."""

    region: RegionPlan
    name: str
    activity: str
    difficulty: str
    hours: float
    times: tuple[str, ...]
    most: int
    every: int
    status: str = "ACTIVE"
    extra_certifications: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return identity("trip", self.region.name, self.name)

    @property
    def certifications(self) -> list[str]:
        return [*_CERTIFICATIONS.get(self.activity, ["WILDERNESS_FIRST_AID"]), *self.extra_certifications]

    def runs_on(self, day: date) -> bool:
        in_season = self.activity not in _SNOW_ACTIVITIES or day.month in _SNOW_MONTHS
        return in_season and self.status == "ACTIVE" and day.toordinal() % self.every == 0


# region: (name, activity, difficulty, hours, times, most people, every n days)
_PLANS: dict[str, tuple[tuple[str, str, str, float, str, int, int], ...]] = {
    "Pacific Northwest": (
        ("Olympic Ridge Walk", "HIKING", "INTERMEDIATE", 6.0, "08:00 10:30", 12, 1),
        ("Rainforest Family Stroll", "HIKING", "BEGINNER", 3.0, "09:30 13:30", 14, 1),
        ("Harbour Island Paddle", "KAYAKING", "BEGINNER", 4.0, "09:00 14:00", 10, 1),
        ("Skykomish Whitewater Day", "RAFTING", "ADVANCED", 7.0, "08:30", 12, 1),
        ("Snoqualmie Snowshoe Loop", "SNOWSHOEING", "INTERMEDIATE", 5.0, "09:00", 10, 1),
        ("Index Granite Day", "ROCK_CLIMBING", "INTERMEDIATE", 7.5, "07:30", 8, 2),
        ("Hoh River Overnight", "CAMPING", "INTERMEDIATE", 26.0, "11:00", 10, 3),
        ("Orca and Eagle Watch", "WILDLIFE_SAFARI", "BEGINNER", 5.0, "07:00 12:30", 14, 1),
    ),
    "Northern Rockies": (
        ("Highline Panorama Hike", "HIKING", "ADVANCED", 8.0, "07:00", 10, 1),
        ("Lakeshore Discovery Walk", "HIKING", "BEGINNER", 2.5, "10:00 14:00", 14, 1),
        ("Flathead River Rafting", "RAFTING", "INTERMEDIATE", 5.0, "09:00 15:00", 12, 1),
        ("Bison Range Safari", "WILDLIFE_SAFARI", "BEGINNER", 4.0, "06:30 16:00", 12, 1),
        ("Whitefish Snowshoe Tour", "SNOWSHOEING", "BEGINNER", 4.0, "09:30", 12, 1),
        ("Continental Divide Ski Traverse", "BACKCOUNTRY_SKIING", "EXPERT", 50.0, "06:00", 8, 4),
        ("Glacier View Bike Descent", "MOUNTAIN_BIKING", "INTERMEDIATE", 4.5, "08:30 13:00", 10, 1),
        ("Two Medicine Campout", "CAMPING", "BEGINNER", 22.0, "12:00", 12, 3),
    ),
    "Sierra Nevada": (
        ("High Sierra Meadow Hike", "HIKING", "INTERMEDIATE", 6.0, "08:00 11:00", 12, 1),
        ("Giant Trees Walk", "HIKING", "BEGINNER", 3.0, "09:00 13:30", 14, 1),
        ("Cathedral Peak Climb", "ROCK_CLIMBING", "ADVANCED", 10.0, "05:30", 6, 1),
        ("North Wall Big Climb", "ROCK_CLIMBING", "EXPERT", 12.0, "05:00", 4, 1),
        ("Tahoe Rim Ride", "MOUNTAIN_BIKING", "ADVANCED", 6.0, "08:30", 10, 1),
        ("Donner Ski Tour", "BACKCOUNTRY_SKIING", "ADVANCED", 7.0, "07:00", 8, 1),
        ("Starlight Night Hike", "HIKING", "INTERMEDIATE", 8.0, "20:00", 10, 2),
        ("Kings Canyon Campout", "CAMPING", "ADVANCED", 48.0, "09:00", 10, 4),
        ("Mountain Lake Kayak", "KAYAKING", "INTERMEDIATE", 4.0, "09:30 14:30", 10, 1),
    ),
    "Desert Southwest": (
        ("Red Rock Sunrise Hike", "HIKING", "INTERMEDIATE", 5.0, "05:30 15:00", 12, 1),
        ("Cactus Garden Walk", "HIKING", "BEGINNER", 2.0, "09:00 16:00", 14, 1),
        ("Salt River Kayak", "KAYAKING", "BEGINNER", 4.0, "08:00 13:00", 10, 1),
        ("Verde Canyon Descent", "CANYONEERING", "ADVANCED", 9.0, "06:30", 8, 1),
        ("Sonoran Grand Convoy", "WILDLIFE_SAFARI", "BEGINNER", 6.0, "07:00", 48, 2),
        ("Superstition Stargazing Camp", "CAMPING", "BEGINNER", 16.0, "17:00", 12, 2),
        ("Sedona Slickrock Ride", "MOUNTAIN_BIKING", "INTERMEDIATE", 5.0, "07:30 14:00", 10, 1),
        ("Desert Dusk Safari", "WILDLIFE_SAFARI", "BEGINNER", 4.0, "16:30", 12, 1),
    ),
    "Colorado Plateau": (
        ("Arches Explorer Hike", "HIKING", "INTERMEDIATE", 6.0, "07:30 10:00", 12, 1),
        ("Slot Canyon Adventure", "CANYONEERING", "INTERMEDIATE", 7.0, "08:00", 8, 1),
        ("Whole Enchilada Ride", "MOUNTAIN_BIKING", "ADVANCED", 7.0, "07:00", 8, 1),
        ("Westwater Rapids", "RAFTING", "ADVANCED", 8.0, "08:00", 12, 1),
        ("Castle Valley Towers", "ROCK_CLIMBING", "ADVANCED", 9.0, "06:00", 6, 2),
        ("Canyon Rim Campout", "CAMPING", "INTERMEDIATE", 24.0, "13:00", 10, 3),
        ("Colorado Flatwater Paddle", "KAYAKING", "BEGINNER", 3.5, "09:00 14:00", 12, 1),
        ("Delicate Light Walk", "HIKING", "BEGINNER", 2.5, "08:30 16:30", 14, 1),
    ),
    "Appalachian Highlands": (
        ("Blue Ridge Day Hike", "HIKING", "INTERMEDIATE", 6.0, "08:30 11:00", 12, 1),
        ("Waterfall Family Walk", "HIKING", "BEGINNER", 3.0, "10:00 14:00", 14, 1),
        ("Seneca Rocks Intro Climb", "ROCK_CLIMBING", "BEGINNER", 5.0, "09:00 14:30", 8, 1),
        ("New River Rafting", "RAFTING", "INTERMEDIATE", 6.0, "09:30", 12, 1),
        ("Organ Cave Crawl", "CANYONEERING", "EXPERT", 6.0, "09:00", 6, 1),
        ("Shenandoah Gravel Ride", "MOUNTAIN_BIKING", "BEGINNER", 4.0, "09:00 13:30", 12, 1),
        ("Black Bear Country Safari", "WILDLIFE_SAFARI", "INTERMEDIATE", 4.0, "17:00", 10, 1),
        ("Old Rag Snowshoe", "SNOWSHOEING", "BEGINNER", 4.0, "09:30", 10, 2),
    ),
}
_NOT_ACTIVE = {
    "Pacific Northwest": ("Volcano Summit Week", "HIKING", "EXPERT", 120.0, "05:00", 6, 7, "DRAFT"),
    "Desert Southwest": ("Mine Shaft Descent", "CANYONEERING", "EXPERT", 8.0, "08:00", 6, 1, "SUSPENDED"),
    "Appalachian Highlands": ("Long Trail Classic", "HIKING", "ADVANCED", 9.0, "07:00", 10, 1, "RETIRED"),
}
# No guide holds a valid CANYON_GUIDE, so the crawl cannot be staffed.
_EXTRA_CERTIFICATIONS = {
    "Organ Cave Crawl": ("CANYON_GUIDE",),
    "Continental Divide Ski Traverse": ("WILDERNESS_FIRST_RESPONDER",),
}


def _plans() -> Iterator[TripPlan]:
    for region in REGIONS:
        for name, activity, difficulty, hours, times, most, every in _PLANS[region.name]:
            extra = _EXTRA_CERTIFICATIONS.get(name, ())
            yield TripPlan(
                region,
                name,
                activity,
                difficulty,
                hours,
                tuple(times.split()),
                most,
                every,
                extra_certifications=extra,
            )
        if region.name in _NOT_ACTIVE:
            name, activity, difficulty, hours, times, most, every, status = _NOT_ACTIVE[region.name]
            yield TripPlan(region, name, activity, difficulty, hours, tuple(times.split()), most, every, status)


TRIPS = tuple(_plans())


def trips() -> list[Entity]:
    """Return all trips in the representation of svc-trip-catalog."""
    return [_trip(plan) for plan in TRIPS]


def departures(today: date) -> list[Entity]:
    """Return the departures from 60 days before to 120 days after `today`, as in the catalog on `today`."""
    window = range(-DAYS_PAST, DAYS_AHEAD + 1)
    days = [today + timedelta(days=offset) for offset in window]
    return [departure for day in days for departure in departures_on(day, today=today)]


def departures_on(day: date, *, today: date) -> list[Entity]:
    """Return the departures of a date in all regions."""
    return [
        _departure(plan, day, time, today)
        for region in REGIONS
        for plan, time in _slots(region, day)[: region.departures_a_day]
    ]


def _slots(region: RegionPlan, day: date) -> list[tuple[TripPlan, str]]:
    """Return the slots by priority: trips that are not daily, each daily trip once, then second departures."""
    running = [plan for plan in TRIPS if plan.region is region and plan.runs_on(day)]
    running.sort(key=lambda plan: (-plan.every, fraction("slot", plan.name, day)))
    second_departures = [(plan, time) for plan in running for time in plan.times[1:]]
    return [(plan, plan.times[0]) for plan in running] + second_departures


def _departure(plan: TripPlan, day: date, time: str, today: date) -> Entity:
    names = (plan.id, day, time)
    sold = _sold(plan, names)
    departure = {
        "id": identity("departure", *names),
        "trip_id": plan.id,
        "departure_date": day.isoformat(),
        "departure_time": time,
        "guide_id": None,
        "available_spots": plan.most - sold,
        "total_spots": plan.most,
        "status": _departure_status(plan, sold, day, today, names),
        "meeting_point": plan.region.base_camp,
        "created_at": stamp(day - timedelta(days=DAYS_AHEAD), 9),
    }
    language = fraction("language", *names)
    return departure | ({"notes": "Language: es"} if language > 0.96 else {})


def _sold(plan: TripPlan, names: tuple[object, ...]) -> int:
    if plan.most > 40:
        return whole(38, plan.most, "sold", *names)
    share = fraction("sold", *names)
    return plan.most if share > 0.9 else max(2, round(plan.most * (0.3 + 0.6 * share)))


def _departure_status(plan: TripPlan, sold: int, day: date, today: date, names: tuple[object, ...]) -> str:
    if fraction("cancelled", *names) < 0.008:
        return "CANCELLED"
    if day < today:
        return "COMPLETED"
    return "FULL" if sold == plan.most else "OPEN"


def _trip(plan: TripPlan) -> Entity:
    return {
        "id": plan.id,
        "name": plan.name,
        "description": f"{plan.name}: {plan.hours:g} hours out of {plan.region.base_camp}.",
        "activity_type": plan.activity,
        "difficulty_level": plan.difficulty,
        "region_id": plan.region.id,
        "duration_hours": plan.hours,
        "min_participants": 2,
        "max_participants": plan.most,
        "base_price": float(whole(8, 60, "price", plan.name) * 5 + round(plan.hours * 6)),
        "status": plan.status,
        "required_certifications": plan.certifications,
        "gear_requirements": _gear(plan),
        "age_minimum": _AGE_MINIMUM[plan.difficulty],
        "fitness_level_required": _FITNESS[plan.difficulty],
        "created_at": stamp(FOUNDED + timedelta(days=whole(0, 300, "created", plan.name))),
        "updated_at": stamp(FOUNDED + timedelta(days=400)),
        "created_by": "product-team",
    }


def _gear(plan: TripPlan) -> list[Entity]:
    own = {
        "item_type": _GEAR[plan.activity],
        "mandatory": True,
        "rental_available": True,
        "rental_price": 15.0,
    }
    return [
        own,
        {
            "item_type": "Water, two litres",
            "mandatory": True,
            "rental_available": False,
            "rental_price": None,
        },
    ]
