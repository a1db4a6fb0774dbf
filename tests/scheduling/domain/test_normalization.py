from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from scheduling.domain import normalization
from scheduling.domain.facts import Difficulty, Region, TrailCondition, WeatherOutlook, slug_of


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("HIKING", "HIKING"),
        ("day_hiking", "HIKING"),
        ("Trekking", "HIKING"),
        ("TRAIL_RUNNING", "TRAIL_RUNNING"),
        ("ROCK_CLIMBING", "ROCK_CLIMBING"),
        ("climbing", "ROCK_CLIMBING"),
        ("KAYAKING", "KAYAKING"),
        ("sea-kayaking", "KAYAKING"),
        ("RAFTING", "RAFTING"),
        ("whitewater_rafting", "RAFTING"),
        ("White Water Rafting", "RAFTING"),
        ("CAMPING", "CAMPING"),
        ("MOUNTAIN_BIKING", "MOUNTAIN_BIKING"),
        ("mtb", "MOUNTAIN_BIKING"),
        ("CANYONEERING", "CANYONEERING"),
        ("canyoning", "CANYONEERING"),
        ("SNOWSHOEING", "SNOWSHOEING"),
        ("BACKCOUNTRY_SKIING", "BACKCOUNTRY_SKIING"),
        ("ski touring", "BACKCOUNTRY_SKIING"),
        ("CROSS_COUNTRY_SKIING", "CROSS_COUNTRY_SKIING"),
        ("cross-country skiing", "CROSS_COUNTRY_SKIING"),
        ("WILDLIFE_SAFARI", "WILDLIFE_SAFARI"),
        ("wildlife viewing", "WILDLIFE_SAFARI"),
    ],
)
def test_an_activity_has_one_spelling(spelling: str, name: str) -> None:
    assert normalization.normalise_activity(spelling) == name


def test_an_unknown_activity_is_matched_by_exact_name_only() -> None:
    assert normalization.normalise_activity("Heli-Skiing") == "Heli-Skiing"
    assert normalization.normalise_activity("heli_skiing") != normalization.normalise_activity("Heli-Skiing")


@pytest.mark.parametrize(
    ("activity", "is_on_water"),
    [("whitewater_rafting", True), ("KAYAKING", True), ("canyoning", True), ("HIKING", False), ("CAMPING", False)],
)
def test_activities_on_water_are_known(activity: str, is_on_water: bool) -> None:
    assert normalization.is_on_water(activity) is is_on_water


@pytest.mark.parametrize("spelling", ["wilderness_first_aid", "Wilderness First Aid", "WildernessFirst-Aid"])
def test_certifications_are_compared_without_case_and_separators(spelling: str) -> None:
    assert normalization.normalise_certification(spelling) == "WILDERNESS_FIRST_AID"


def test_certifications_that_nobody_listed_are_compared_in_the_same_way() -> None:
    assert normalization.normalise_certification("Lead climber II") == normalization.normalise_certification(
        "LEAD_CLIMBER_II"
    )


@pytest.mark.parametrize(
    ("level", "implied"),
    [
        ("WILDERNESS_FIRST_AID", 1),
        ("WILDERNESS_FIRST_RESPONDER", 2),
        ("WILDERNESS_EMT", 3),
        ("paramedic", 4),
    ],
)
def test_a_level_of_emergency_training_implies_those_below_it(level: str, implied: int) -> None:
    held = normalization.with_implied_certifications([level])

    assert held == frozenset(normalization.EMERGENCY_TRAINING[:implied])


def test_other_certifications_imply_nothing() -> None:
    assert normalization.with_implied_certifications(["swift water rescue"]) == {"SWIFT_WATER_RESCUE"}


@pytest.mark.parametrize(
    ("level", "easiest", "trails"),
    [
        ("BEGINNER", Difficulty.EASY, {Difficulty.EASY}),
        ("INTERMEDIATE", Difficulty.MODERATE, {Difficulty.MODERATE}),
        ("ADVANCED", Difficulty.DIFFICULT, {Difficulty.DIFFICULT}),
        ("EXPERT", Difficulty.EXPERT, {Difficulty.EXPERT, Difficulty.EXTREME}),
    ],
)
def test_a_level_of_the_catalog_names_the_trails_to_lead_it_on(
    level: str, easiest: Difficulty, trails: set[Difficulty]
) -> None:
    difficulty = normalization.difficulty_of_trip(level)

    assert difficulty is easiest
    assert normalization.trail_difficulties(difficulty) == trails


@pytest.mark.parametrize(
    ("condition", "outlook"),
    [
        ("CLEAR", WeatherOutlook.CLEAR),
        ("PARTLY_CLOUDY", WeatherOutlook.PARTLY_CLOUDY),
        ("CLOUDY", WeatherOutlook.OVERCAST),
        ("FOG", WeatherOutlook.OVERCAST),
        ("RAIN", WeatherOutlook.RAIN_LIKELY),
        ("SNOW", WeatherOutlook.RAIN_LIKELY),
        ("HEAVY_RAIN", WeatherOutlook.STORM_WARNING),
        ("THUNDERSTORM", WeatherOutlook.STORM_WARNING),
    ],
)
def test_a_forecast_gives_an_outlook(condition: str, outlook: WeatherOutlook) -> None:
    assert normalization.outlook_of_forecast(condition) is outlook


@pytest.mark.parametrize(
    ("surface", "on_foot", "on_snowshoes"),
    [
        ("DRY", TrailCondition.EXCELLENT, TrailCondition.EXCELLENT),
        ("WET", TrailCondition.GOOD, TrailCondition.GOOD),
        ("MUDDY", TrailCondition.FAIR, TrailCondition.FAIR),
        ("ICY", TrailCondition.POOR, TrailCondition.GOOD),
        ("SNOW_COVERED", TrailCondition.POOR, TrailCondition.GOOD),
        ("FLOODED", TrailCondition.CLOSED, TrailCondition.CLOSED),
    ],
)
def test_a_surface_means_something_else_to_those_who_come_for_snow(
    surface: str, on_foot: TrailCondition, on_snowshoes: TrailCondition
) -> None:
    assert normalization.condition_of_surface(surface, "HIKING") is on_foot
    assert normalization.condition_of_surface(surface, "snowshoeing") is on_snowshoes


@pytest.mark.parametrize(
    ("status", "condition"),
    [
        ("EXCELLENT", TrailCondition.EXCELLENT),
        ("GOOD", TrailCondition.GOOD),
        ("FAIR", TrailCondition.FAIR),
        ("POOR", TrailCondition.POOR),
        ("HAZARDOUS", TrailCondition.POOR),
        ("IMPASSABLE", TrailCondition.CLOSED),
    ],
)
def test_an_assessment_gives_a_condition(status: str, condition: TrailCondition) -> None:
    assert normalization.condition_of_assessment(status) is condition


def test_a_guide_names_a_region_by_its_id_or_by_the_slug_of_its_name() -> None:
    region = Region(uuid4(), "Pacific Northwest", ZoneInfo("America/Los_Angeles"), None)

    assert normalization.normalise_region("pacific_northwest") == region.slug
    assert normalization.normalise_region(f"{region.id}".upper()) == str(region.id)
    assert normalization.normalise_region("Pacific-Northwest") == slug_of(region.name)


def test_other_words_are_no_region() -> None:
    region = Region(UUID(int=1), "Alps", ZoneInfo("Europe/Vienna"), None)

    assert normalization.normalise_region("the alps") not in {region.slug, str(region.id)}
