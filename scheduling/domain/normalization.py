"""Normalisation of the siblings' spellings. Every mapping between their values and this service's is here."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from uuid import UUID

from scheduling.domain.facts import Difficulty, TrailCondition, WeatherOutlook, slug_of

SNOW_ACTIVITIES = frozenset({"SNOWSHOEING", "BACKCOUNTRY_SKIING", "CROSS_COUNTRY_SKIING"})
WATER_ACTIVITIES = frozenset({"RAFTING", "KAYAKING", "CANYONEERING"})
EMERGENCY_TRAINING = (
    "WILDERNESS_FIRST_AID",
    "WILDERNESS_FIRST_RESPONDER",
    "WILDERNESS_EMT",
    "PARAMEDIC",
)

_ACTIVITIES: Mapping[str, tuple[str, ...]] = {
    "HIKING": ("hiking", "day hiking", "trekking"),
    "TRAIL_RUNNING": ("trail running",),
    "ROCK_CLIMBING": ("rock climbing", "climbing"),
    "KAYAKING": ("kayaking", "kayak", "sea kayaking", "river kayaking", "whitewater kayaking"),
    "RAFTING": ("rafting", "whitewater rafting", "white water rafting", "river rafting"),
    "CAMPING": ("camping", "wilderness camping", "backcountry camping"),
    "MOUNTAIN_BIKING": ("mountain biking", "mountain bike", "mtb"),
    "CANYONEERING": ("canyoneering", "canyoning"),
    "SNOWSHOEING": ("snowshoeing", "snowshoe"),
    "BACKCOUNTRY_SKIING": ("backcountry skiing", "ski touring", "alpine touring"),
    "CROSS_COUNTRY_SKIING": ("cross country skiing", "nordic skiing", "xc skiing"),
    "WILDLIFE_SAFARI": ("wildlife safari", "safari", "wildlife viewing", "wildlife watching"),
}
_CERTIFICATIONS = (
    *EMERGENCY_TRAINING,
    "SWIFT_WATER_RESCUE",
    "AVALANCHE_SAFETY",
    "AVALANCHE_LEVEL_1",
    "AVALANCHE_LEVEL_2",
    "ROPE_RESCUE",
    "LEAVE_NO_TRACE",
    "FIRST_AID",
    "CPR",
    "SINGLE_PITCH_INSTRUCTOR",
    "MULTI_PITCH_INSTRUCTOR",
    "ROCK_CLIMBING_INSTRUCTOR",
    "MOUNTAIN_BIKE_INSTRUCTOR",
    "KAYAK_INSTRUCTOR",
    "RAFT_GUIDE",
    "CANYON_GUIDE",
    "SKI_GUIDE",
)
_DIFFICULTIES: Mapping[str, tuple[Difficulty, ...]] = {
    "BEGINNER": (Difficulty.EASY,),
    "INTERMEDIATE": (Difficulty.MODERATE,),
    "ADVANCED": (Difficulty.DIFFICULT,),
    "EXPERT": (Difficulty.EXPERT, Difficulty.EXTREME),
}
_OUTLOOKS: Mapping[str, WeatherOutlook] = {
    "CLEAR": WeatherOutlook.CLEAR,
    "PARTLY_CLOUDY": WeatherOutlook.PARTLY_CLOUDY,
    "CLOUDY": WeatherOutlook.OVERCAST,
    "FOG": WeatherOutlook.OVERCAST,
    "RAIN": WeatherOutlook.RAIN_LIKELY,
    "SNOW": WeatherOutlook.RAIN_LIKELY,
    "HEAVY_RAIN": WeatherOutlook.STORM_WARNING,
    "THUNDERSTORM": WeatherOutlook.STORM_WARNING,
}
_SURFACES: Mapping[str, TrailCondition] = {
    "DRY": TrailCondition.EXCELLENT,
    "WET": TrailCondition.GOOD,
    "MUDDY": TrailCondition.FAIR,
    "ICY": TrailCondition.POOR,
    "SNOW_COVERED": TrailCondition.POOR,
    "FLOODED": TrailCondition.CLOSED,
}
# A snapshot translates the same few spellings thousands of times; the bound is far above their number.
_MAX_CACHED_SPELLINGS = 4096
_WINTER_SURFACES = frozenset({"ICY", "SNOW_COVERED"})
_ASSESSMENTS: Mapping[str, TrailCondition] = {
    "EXCELLENT": TrailCondition.EXCELLENT,
    "GOOD": TrailCondition.GOOD,
    "FAIR": TrailCondition.FAIR,
    "POOR": TrailCondition.POOR,
    "HAZARDOUS": TrailCondition.POOR,
    "IMPASSABLE": TrailCondition.CLOSED,
}


def comparison_key(name: str) -> str:
    """Return `name` without case and separators, for comparison."""
    return "".join(character for character in name.casefold() if character.isalnum())


_ACTIVITY_BY_SPELLING = {
    comparison_key(spelling): name for name, spellings in _ACTIVITIES.items() for spelling in (name, *spellings)
}
_CERTIFICATION_BY_SPELLING = {comparison_key(name): name for name in _CERTIFICATIONS}


@lru_cache(_MAX_CACHED_SPELLINGS)
def normalise_activity(name: str) -> str:
    """Return the canonical spelling of an activity; an unknown one is returned unchanged."""
    return _ACTIVITY_BY_SPELLING.get(comparison_key(name), name)


def is_on_water(activity: str) -> bool:
    """Return whether an activity, in any spelling, is on or in water."""
    return normalise_activity(activity) in WATER_ACTIVITIES


@lru_cache(_MAX_CACHED_SPELLINGS)
def normalise_certification(name: str) -> str:
    """Return the canonical spelling of a certification, equal for names that differ in case and separators only."""
    key = comparison_key(name)
    return _CERTIFICATION_BY_SPELLING.get(key, key.upper())


def with_implied_certifications(held: Iterable[str]) -> frozenset[str]:
    """Return `held`, normalised, with every level of emergency training below the highest one held."""
    return _with_implied(frozenset(held))


@lru_cache(_MAX_CACHED_SPELLINGS)
def _with_implied(held: frozenset[str]) -> frozenset[str]:
    names = frozenset(map(normalise_certification, held))
    ranks = [rank for rank, level in enumerate(EMERGENCY_TRAINING) if level in names]
    return names.union(EMERGENCY_TRAINING[: max(ranks, default=0)])


@lru_cache(_MAX_CACHED_SPELLINGS)
def normalise_region(spelling: str) -> str:
    """Return a region from a guide's `region_ids` as its canonical id, or else as the slug of its name."""
    try:
        return str(UUID(spelling.strip()))
    except ValueError:
        return slug_of(spelling)


def difficulty_of_trip(level: str) -> Difficulty:
    """Translate the catalog's difficulty level to the easiest trail difficulty for its trips."""
    return _DIFFICULTIES[level][0]


@cache
def trail_difficulties(trip: Difficulty) -> frozenset[Difficulty]:
    """Return the trail difficulties for a trip: its own, and for EXPERT trips EXTREME as well."""
    return frozenset(next(group for group in _DIFFICULTIES.values() if trip in group))


def outlook_of_forecast(condition: str) -> WeatherOutlook:
    """Translate the condition of a forecast to the outlook of its date."""
    return _OUTLOOKS[condition]


def condition_of_assessment(overall_status: str) -> TrailCondition:
    """Translate svc-weather's `overall_status` of a trail. HAZARDOUS is the worst that is still open."""
    return _ASSESSMENTS[overall_status]


def condition_of_surface(surface: str, activity: str) -> TrailCondition:
    """Translate a trail's surface to its condition for an activity: snow and ice are good for winter activities."""
    if surface in _WINTER_SURFACES and normalise_activity(activity) in SNOW_ACTIVITIES:
        return TrailCondition.GOOD
    return _SURFACES[surface]
