"""The trips of each kind of region, and variants of them in larger regions."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias

from novatrek_scheduling.sandbox.world.names import trip_names
from novatrek_scheduling.sandbox.world.regions import RegionPlan
from novatrek_scheduling.sandbox.world.seeding import identity

_SNOW_MONTHS = frozenset({11, 12, 1, 2, 3, 4})
_SNOW_ACTIVITIES = frozenset({"SNOWSHOEING", "BACKCOUNTRY_SKIING"})
_CERTIFICATIONS = {
    "ROCK_CLIMBING": ["WILDERNESS_FIRST_AID", "ROPE_RESCUE"],
    "KAYAKING": ["WILDERNESS_FIRST_AID", "KAYAK_INSTRUCTOR"],
    "RAFTING": ["WILDERNESS_FIRST_AID", "SWIFT_WATER_RESCUE"],
    "CANYONEERING": ["WILDERNESS_FIRST_AID", "ROPE_RESCUE"],
    "BACKCOUNTRY_SKIING": ["WILDERNESS_FIRST_AID", "AVALANCHE_SAFETY"],
}


@dataclass(frozen=True)
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

    @cached_property
    def id(self) -> str:
        return identity("trip", self.region.name, self.name)

    @property
    def certifications(self) -> list[str]:
        return [*_CERTIFICATIONS.get(self.activity, ["WILDERNESS_FIRST_AID"]), *self.extra_certifications]

    def runs_on(self, day: date) -> bool:
        in_season = self.activity not in _SNOW_ACTIVITIES or day.month in _SNOW_MONTHS
        return in_season and self.status == "ACTIVE" and day.toordinal() % self.every == 0


# region: (name, activity, difficulty, hours, times, most people, every n days)
_Row: TypeAlias = tuple[str, str, str, float, str, int, int, str]
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


def trip_plans(region: RegionPlan) -> tuple[TripPlan, ...]:
    """Return the trips of a region: those of its kind, and after these variants of them under other names."""
    rows = _rows(region.kind)
    count, own = region.share_of(len(rows)), len(rows) if region.number == 0 else 0
    names = [row[0] for row in rows[:own]]
    names += trip_names(region.name, [rows[index % len(rows)][1] for index in range(own, count)], names)
    return tuple(_plan(region, name, rows[index % len(rows)]) for index, name in enumerate(names))


def _rows(kind: str) -> list[_Row]:
    rows = [(*row, "ACTIVE") for row in _PLANS[kind]]
    return [*rows, _NOT_ACTIVE[kind]] if kind in _NOT_ACTIVE else rows


def _plan(region: RegionPlan, name: str, row: _Row) -> TripPlan:
    model, activity, difficulty, hours, times, most, every, status = row
    extra = _EXTRA_CERTIFICATIONS.get(model, ())
    return TripPlan(
        region, name, activity, difficulty, hours, tuple(times.split()), most, every, status, extra_certifications=extra
    )
