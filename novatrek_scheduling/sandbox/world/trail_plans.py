"""The trails of each kind of region, and variants of them in larger regions."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from novatrek_scheduling.sandbox.world.names import trail_names
from novatrek_scheduling.sandbox.world.regions import RegionPlan
from novatrek_scheduling.sandbox.world.seeding import identity

_SUMMER = ((6, 1), (10, 31))
_WINTER = ((11, 1), (5, 15))


@dataclass(frozen=True)
class TrailPlan:
    """The seed of a trail. `season`: the first and last open (month, day), unless open all year."""

    region: RegionPlan
    name: str
    activities: tuple[str, ...]
    difficulty: str
    distance_km: float
    gain_m: int
    largest_group: int
    surface: str = "DRY"
    status: str = "OPEN"
    season: tuple[tuple[int, int], tuple[int, int]] | None = None

    @cached_property
    def id(self) -> str:
        return identity("trail", self.region.name, self.name)


# region: (name, activities, difficulty, km, gain in m, largest group, surface[, status or season])
_Row: TypeAlias = tuple[str, str, str, float, int, int, str, str]
_PLANS: dict[str, tuple[_Row, ...]] = {
    "Pacific Northwest": (
        ("Olympic Ridge Trail", "HIKING TRAIL_RUNNING", "MODERATE", 12.5, 640, 16, "WET", ""),
        ("Rainforest Boardwalk", "HIKING", "EASY", 3.2, 18, 20, "DRY", ""),
        ("Hoh River Path", "HIKING", "MODERATE", 18.0, 280, 14, "WET", ""),
        ("Harbour Island Water Trail", "KAYAKING", "EASY", 9.0, 0, 14, "WET", ""),
        ("Deception Narrows Water Trail", "KAYAKING", "EASY", 7.5, 0, 12, "WET", "PARTIALLY_CLOSED"),
        (
            "Snoqualmie Pass Loop",
            "SNOWSHOEING CROSS_COUNTRY_SKIING",
            "MODERATE",
            8.0,
            310,
            14,
            "SNOW_COVERED",
            "",
        ),
        ("Index Lower Wall", "ROCK_CLIMBING", "MODERATE", 1.2, 120, 10, "DRY", ""),
        ("Mount Si Summit Trail", "HIKING TRAIL_RUNNING", "DIFFICULT", 13.0, 960, 12, "MUDDY", ""),
        ("Skyline Divide Trail", "HIKING", "MODERATE", 14.5, 730, 12, "DRY", "summer"),
    ),
    "Northern Rockies": (
        ("Highline Trail", "HIKING", "DIFFICULT", 19.0, 590, 14, "DRY", ""),
        ("Swiftcurrent Ridge Trail", "HIKING TRAIL_RUNNING", "DIFFICULT", 16.5, 720, 12, "MUDDY", ""),
        ("Lakeshore Path", "HIKING", "EASY", 4.0, 25, 20, "DRY", ""),
        ("Avalanche Creek Trail", "HIKING", "EASY", 6.5, 150, 16, "WET", ""),
        ("Whitefish Meadows", "SNOWSHOEING CROSS_COUNTRY_SKIING", "EASY", 5.5, 90, 16, "SNOW_COVERED", ""),
        (
            "Continental Divide Ski Route",
            "CROSS_COUNTRY_SKIING",
            "EXPERT",
            34.0,
            1850,
            10,
            "SNOW_COVERED",
            "",
        ),
        ("Glacier View Bike Trail", "MOUNTAIN_BIKING", "MODERATE", 17.0, 420, 12, "DRY", ""),
        ("Kootenai Creek Bike Trail", "MOUNTAIN_BIKING HIKING", "MODERATE", 14.0, 380, 12, "MUDDY", ""),
        ("Sun Point Nordic Loop", "CROSS_COUNTRY_SKIING", "EASY", 7.0, 60, 20, "SNOW_COVERED", "winter"),
    ),
    "Sierra Nevada": (
        ("High Meadow Trail", "HIKING TRAIL_RUNNING", "MODERATE", 11.0, 450, 16, "DRY", ""),
        ("Mist Falls Trail", "HIKING", "MODERATE", 13.5, 290, 14, "WET", ""),
        ("Giant Trees Loop", "HIKING", "EASY", 3.5, 28, 24, "DRY", ""),
        ("Cathedral Peak Route", "ROCK_CLIMBING", "DIFFICULT", 2.5, 420, 8, "DRY", ""),
        ("North Wall Route", "ROCK_CLIMBING", "EXPERT", 1.8, 900, 6, "WET", "CLOSED"),
        ("Tahoe Rim Bike Trail", "MOUNTAIN_BIKING", "DIFFICULT", 24.0, 760, 12, "DRY", ""),
        (
            "Donner Crest Ski Route",
            "CROSS_COUNTRY_SKIING SNOWSHOEING",
            "DIFFICULT",
            15.0,
            680,
            10,
            "SNOW_COVERED",
            "",
        ),
        ("Kings Canyon Backcountry Trail", "HIKING", "DIFFICULT", 38.0, 1400, 12, "DRY", ""),
        ("Mountain Lake Water Trail", "KAYAKING", "MODERATE", 8.5, 0, 12, "WET", ""),
        ("Dana Plateau Trail", "HIKING", "MODERATE", 12.0, 820, 12, "DRY", "summer"),
    ),
    "Desert Southwest": (
        ("Red Rock Rim Trail", "HIKING TRAIL_RUNNING", "MODERATE", 9.5, 380, 16, "DRY", ""),
        ("Cathedral Wash Trail", "HIKING", "MODERATE", 8.0, 220, 12, "FLOODED", ""),
        ("Cactus Garden Path", "HIKING", "EASY", 2.0, 12, 24, "DRY", ""),
        ("Salt River Water Trail", "KAYAKING", "EASY", 10.0, 0, 12, "WET", ""),
        ("Verde Lagoon Water Trail", "KAYAKING", "EASY", 6.0, 0, 12, "WET", ""),
        ("Sedona Slickrock Trail", "MOUNTAIN_BIKING", "MODERATE", 18.0, 510, 12, "DRY", ""),
        ("Hangover Bike Trail", "MOUNTAIN_BIKING", "DIFFICULT", 13.0, 620, 8, "DRY", ""),
        ("Superstition Ridgeline", "HIKING TRAIL_RUNNING", "EXTREME", 19.0, 1320, 8, "DRY", ""),
    ),
    "Colorado Plateau": (
        ("Arches Explorer Trail", "HIKING", "MODERATE", 10.5, 330, 16, "DRY", ""),
        ("Fins and Things Trail", "HIKING TRAIL_RUNNING", "MODERATE", 9.0, 260, 14, "DRY", ""),
        ("Delicate Light Path", "HIKING", "EASY", 4.8, 145, 20, "DRY", ""),
        ("Canyon Rim Path", "HIKING", "EASY", 2.5, 20, 20, "DRY", ""),
        ("Whole Enchilada Trail", "MOUNTAIN_BIKING", "DIFFICULT", 43.0, 420, 10, "DRY", ""),
        ("Captain Ahab Trail", "MOUNTAIN_BIKING", "DIFFICULT", 15.0, 540, 8, "MUDDY", ""),
        ("Castle Valley Towers", "ROCK_CLIMBING", "DIFFICULT", 1.5, 400, 8, "DRY", ""),
        ("Flatwater Reach", "KAYAKING", "EASY", 11.0, 0, 14, "WET", ""),
    ),
    "Appalachian Highlands": (
        ("Blue Ridge Crest Trail", "HIKING TRAIL_RUNNING", "MODERATE", 13.0, 560, 16, "DRY", ""),
        ("Hawksbill Trail", "HIKING", "MODERATE", 7.5, 480, 14, "WET", ""),
        ("Waterfall Path", "HIKING", "EASY", 4.0, 110, 20, "WET", ""),
        ("Limberlost Path", "HIKING", "EASY", 2.1, 25, 20, "DRY", ""),
        ("Seneca South End", "ROCK_CLIMBING", "EASY", 0.8, 90, 10, "DRY", ""),
        ("Shenandoah Gravel Loop", "MOUNTAIN_BIKING", "EASY", 21.0, 230, 16, "DRY", ""),
        ("Massanutten Ridge Trail", "MOUNTAIN_BIKING TRAIL_RUNNING", "MODERATE", 16.0, 540, 12, "ICY", ""),
        ("Old Rag Winter Loop", "SNOWSHOEING", "EASY", 6.0, 180, 12, "SNOW_COVERED", ""),
    ),
}
_SEASONS = {"summer": _SUMMER, "winter": _WINTER}


def trail_plans(region: RegionPlan) -> tuple[TrailPlan, ...]:
    """Return the trails of a region: those of its kind, and after these variants of them under other names."""
    rows = _PLANS[region.kind]
    count, own = region.share_of(len(rows)), len(rows) if region.number == 0 else 0
    names = [row[0] for row in rows[:own]]
    names += trail_names(region.name, [rows[index % len(rows)][1].split()[0] for index in range(own, count)], names)
    return tuple(_plan(region, name, rows[index % len(rows)]) for index, name in enumerate(names))


def _plan(region: RegionPlan, name: str, row: _Row) -> TrailPlan:
    _, activities, difficulty, kilometres, gain, group, surface, special = row
    season = _SEASONS.get(special)
    status = special if special and not season else "OPEN"
    return TrailPlan(
        region, name, tuple(activities.split()), difficulty, kilometres, gain, group, surface, status, season
    )
