"""The trails, their closures and their conditions."""

from dataclasses import dataclass
from datetime import date, timedelta

from novatrek_scheduling.sandbox.world.regions import FOUNDED, REGIONS, RegionPlan
from novatrek_scheduling.sandbox.world.seeding import Entity, choice, fraction, identity, stamp, whole
from novatrek_scheduling.sandbox.world.trips import DAYS_AHEAD, DAYS_PAST

_CYCLE_DAYS = 41
_SUMMER = ((6, 1), (10, 31))
_WINTER = ((11, 1), (5, 15))
_SEVERITIES = ("MINOR", "MODERATE", "MINOR", "SEVERE", "MODERATE", "MINOR", "CRITICAL", "MODERATE")
_REASONS = {
    "MINOR": "Trail crew at work; expect short waits.",
    "MODERATE": "Fallen trees on the upper section; a marked detour is in place.",
    "SEVERE": "Bridge damaged by high water.",
    "CRITICAL": "Active rockfall above the trail.",
}


@dataclass(frozen=True, slots=True)
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

    @property
    def id(self) -> str:
        return identity("trail", self.region.name, self.name)


# region: (name, activities, difficulty, km, gain in m, largest group, surface[, status or season])
_PLANS: dict[str, tuple[tuple[str, str, str, float, int, int, str, str], ...]] = {
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


def _plan(region: RegionPlan, row: tuple[str, str, str, float, int, int, str, str]) -> TrailPlan:
    name, activities, difficulty, kilometres, gain, group, surface, special = row
    season = _SEASONS.get(special)
    status = special if special and not season else "OPEN"
    return TrailPlan(
        region, name, tuple(activities.split()), difficulty, kilometres, gain, group, surface, status, season
    )


TRAILS = tuple(_plan(region, row) for region in REGIONS for row in _PLANS[region.name])
BY_ID = {plan.id: plan for plan in TRAILS}


def trails(today: date) -> list[Entity]:
    """Return all trails in the representation of svc-trail-management on `today`."""
    return [_trail(plan, today) for plan in TRAILS]


def closures(today: date) -> list[Entity]:
    """Return the closures from 60 days before to 120 days after `today`."""
    first, last = today - timedelta(days=DAYS_PAST), today + timedelta(days=DAYS_AHEAD)
    cycles = range(first.toordinal() // _CYCLE_DAYS - 1, last.toordinal() // _CYCLE_DAYS + 1)
    passing = [_closure(plan, cycle, today) for plan in TRAILS for cycle in cycles]
    return passing + [_standing_closure(plan, today) for plan in TRAILS if plan.status == "CLOSED"]


def is_active(closure: Entity, today: date) -> bool:
    """Return True if the closure is in force on `today`."""
    return bool(closure["start_date"] <= today.isoformat() <= closure.get("end_date", "9999"))


def conditions(today: date) -> list[Entity]:
    """Return the last condition report of each trail, without closures and alerts."""
    return [
        {
            "trail_id": plan.id,
            "trail_name": plan.name,
            "assessed_at": stamp(today, 5, 30),
            "surface_condition": plan.surface,
            "current_temperature_c": float(whole(2, 24, "temperature", plan.name, today)),
            "wind_speed_kmh": float(whole(0, 35, "wind", plan.name, today)),
            "precipitation_last_24h_mm": float(0 if plan.surface == "DRY" else whole(1, 18, "rain", plan.name, today)),
            "recommended_gear": ["Microspikes"] if plan.surface in {"ICY", "SNOW_COVERED"} else ["Sturdy shoes"],
            "ranger_notes": f"{plan.name} walked this morning.",
        }
        for plan in TRAILS
    ]


def _closure(plan: TrailPlan, cycle: int, today: date) -> Entity:
    start = date.fromordinal(cycle * _CYCLE_DAYS + whole(0, _CYCLE_DAYS - 5, "closure", plan.id, cycle))
    severity = choice(_SEVERITIES, "severity", plan.id, cycle)
    end = start + timedelta(days=whole(1, 4, "closed days", plan.id, cycle))
    closure = {
        "id": identity("closure", plan.id, cycle),
        "trail_id": plan.id,
        "reason": _REASONS[severity],
        "start_date": start.isoformat(),
        "end_date": end.isoformat(),
        "severity": severity,
        "affected_section": f"Kilometre {whole(1, max(1, int(plan.distance_km)), 'section', plan.id, cycle)}",
        "alternate_route_available": severity in {"MINOR", "MODERATE"},
        "created_at": stamp(start - timedelta(days=2), 15),
        "created_by": "ranger-office",
    }
    return closure | {"is_active": is_active(closure, today)}


def _standing_closure(plan: TrailPlan, today: date) -> Entity:
    start = today - timedelta(days=20)
    closure = {
        "id": identity("standing closure", plan.id),
        "trail_id": plan.id,
        "reason": _REASONS["CRITICAL"],
        "start_date": start.isoformat(),
        "severity": "CRITICAL",
        "alternate_route_available": False,
        "created_at": stamp(start),
        "created_by": "ranger-office",
    }
    return closure | {"is_active": True}


def _trail(plan: TrailPlan, today: date) -> Entity:
    season, in_season = _season(plan, today)
    return {
        "id": plan.id,
        "name": plan.name,
        "description": f"{plan.distance_km:g} km in the {plan.region.name}.",
        "region_id": plan.region.id,
        "activity_types": list(plan.activities),
        "distance_km": plan.distance_km,
        "elevation_gain_m": float(plan.gain_m),
        "elevation_loss_m": float(plan.gain_m),
        "estimated_duration_hours": round(plan.distance_km / 4 + plan.gain_m / 600, 1),
        "difficulty": plan.difficulty,
        "max_group_size": plan.largest_group,
        "seasonal_availability": season,
        "status": plan.status if in_season else "SEASONAL_CLOSURE",
        "permit_required": fraction("permit", plan.name) > 0.8,
        "dogs_allowed": fraction("dogs", plan.name) > 0.6,
        "waypoint_count": whole(2, 14, "waypoints", plan.name),
        "created_at": stamp(FOUNDED),
        "updated_at": stamp(today - timedelta(days=whole(1, 30, "updated", plan.name))),
    }


def _season(plan: TrailPlan, today: date) -> tuple[Entity, bool]:
    """Return the current or else the next season, and whether it is open now."""
    if plan.season is None:
        return {"year_round": True}, True
    (first_month, first_day), (last_month, last_day) = plan.season
    for year in (today.year - 1, today.year, today.year + 1):
        opens = date(year, first_month, first_day)
        closes = date(year + (last_month < first_month), last_month, last_day)
        if today <= closes:
            break
    season = {"open_from": opens.isoformat(), "open_until": closes.isoformat(), "year_round": False}
    return season, opens <= today
