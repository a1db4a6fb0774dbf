"""The trails, their closures and their conditions."""

from datetime import date, timedelta

from novatrek_scheduling.sandbox.world.company import Company
from novatrek_scheduling.sandbox.world.regions import FOUNDED
from novatrek_scheduling.sandbox.world.seeding import Entity, choice, fraction, identity, stamp, whole
from novatrek_scheduling.sandbox.world.trail_plans import TrailPlan
from novatrek_scheduling.sandbox.world.trips import DAYS_AHEAD, DAYS_PAST

_CYCLE_DAYS = 41
_SEVERITIES = ("MINOR", "MODERATE", "MINOR", "SEVERE", "MODERATE", "MINOR", "CRITICAL", "MODERATE")
_REASONS = {
    "MINOR": "Trail crew at work; expect short waits.",
    "MODERATE": "Fallen trees on the upper section; a marked detour is in place.",
    "SEVERE": "Bridge damaged by high water.",
    "CRITICAL": "Active rockfall above the trail.",
}


def trails(company: Company, today: date) -> list[Entity]:
    """Return all trails in the representation of svc-trail-management on `today`."""
    return [_trail(plan, today) for plan in company.trails]


def closures(company: Company, today: date) -> list[Entity]:
    """Return the closures from 60 days before to 120 days after `today`."""
    first, last = today - timedelta(days=DAYS_PAST), today + timedelta(days=DAYS_AHEAD)
    cycles = range(first.toordinal() // _CYCLE_DAYS - 1, last.toordinal() // _CYCLE_DAYS + 1)
    passing = [_closure(plan, cycle, today) for plan in company.trails for cycle in cycles]
    return passing + [_standing_closure(plan, today) for plan in company.trails if plan.status == "CLOSED"]


def is_active(closure: Entity, today: date) -> bool:
    """Return True if the closure is in force on `today`."""
    return bool(closure["start_date"] <= today.isoformat() <= closure.get("end_date", "9999"))


def conditions(company: Company, today: date) -> list[Entity]:
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
        for plan in company.trails
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
