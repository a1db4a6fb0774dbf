"""Forecasts of the stations, alerts of the regions, and svc-weather's assessments of the trails."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from novatrek_scheduling.sandbox.world.company import Company
from novatrek_scheduling.sandbox.world.regions import RegionPlan
from novatrek_scheduling.sandbox.world.seeding import Entity, choice, fraction, identity, stamp, whole
from novatrek_scheduling.sandbox.world.trail_plans import TrailPlan
from novatrek_scheduling.sandbox.world.trips import DAYS_AHEAD, DAYS_PAST

FORECAST_DAYS = 10
_STORM_EVERY_DAYS = 8
_ALERT_CYCLE_DAYS = 6
_MILD = ("CLEAR", "CLEAR", "PARTLY_CLOUDY", "PARTLY_CLOUDY", "CLOUDY", "FOG", "RAIN")
_STORMY = ("HEAVY_RAIN", "THUNDERSTORM")
_SEVERITIES = ("ADVISORY", "WATCH", "ADVISORY", "WARNING", "WATCH", "ADVISORY", "EMERGENCY", "ADVISORY")
_ALERTS = {
    "ADVISORY": ("HIGH_WIND", "Gusty wind on exposed ridges"),
    "WATCH": ("EXTREME_COLD", "Rapid drop of temperature possible"),
    "WARNING": ("SEVERE_STORM", "Severe storm approaching"),
    "EMERGENCY": ("FLASH_FLOOD", "Flash flood: leave the valley floor"),
}
_ASSESSMENTS = {
    "DRY": "EXCELLENT",
    "WET": "GOOD",
    "MUDDY": "FAIR",
    "ICY": "POOR",
    "SNOW_COVERED": "GOOD",
    "FLOODED": "IMPASSABLE",
}


def forecast_id(station: str, day: date) -> str:
    """Return the key of a station's forecast for a day."""
    return f"{station}@{day.isoformat()}"


def forecasts(company: Company, today: date) -> dict[str, Entity]:
    """Return ten days of forecasts per station from `today` on, by `forecast_id`."""
    days = [today + timedelta(days=offset) for offset in range(FORECAST_DAYS)]
    return {
        forecast_id(plan.station, day): _forecast(plan, day) for plan in company.regions for day in days if plan.station
    }


def alerts(company: Company, today: date) -> list[Entity]:
    """Return the alerts from 60 days before to 120 days after `today`."""
    first, last = today - timedelta(days=DAYS_PAST), today + timedelta(days=DAYS_AHEAD)
    cycles = range(first.toordinal() // _ALERT_CYCLE_DAYS, last.toordinal() // _ALERT_CYCLE_DAYS)
    return [_alert(company, plan, cycle, today) for plan in company.regions for cycle in cycles]


def assessments(company: Company, today: date) -> list[Entity]:
    """Return svc-weather's assessment of each trail, without the alerts of the region."""
    return [_assessment(plan, today) for plan in company.trails]


def _forecast(plan: RegionPlan, day: date) -> Entity:
    condition = _condition(plan, day)
    warmth = 26 - abs(day.month - 7) * 4 - round(abs(plan.latitude) - 35)
    high = warmth + whole(-4, 4, "high", plan.name, day)
    rain = {"CLEAR": 0.02, "PARTLY_CLOUDY": 0.1, "CLOUDY": 0.25, "FOG": 0.2, "RAIN": 0.7}
    return {
        "date": day.isoformat(),
        "high_c": float(high),
        "low_c": float(high - whole(6, 13, "low", plan.name, day)),
        "precipitation_probability": rain.get(condition, 0.9),
        "condition": condition,
        "wind_speed_kmh": float(whole(40, 90, "gale", plan.name, day) if condition in _STORMY else whole(2, 32, day)),
        "uv_index": whole(1, 8, "uv", plan.name, day),
        "sunrise": "06:40:00Z",
        "sunset": "18:10:00Z",
    }


def _condition(plan: RegionPlan, day: date) -> str:
    offset = whole(0, _STORM_EVERY_DAYS - 1, "storm", plan.name)
    if (day.toordinal() + offset) % _STORM_EVERY_DAYS == 0:
        return choice(_STORMY, plan.name, day)
    if day.month in {12, 1, 2} and fraction("snow", plan.name, day) > 0.7 and plan.timezone != "America/Phoenix":
        return "SNOW"
    return choice(_MILD, "condition", plan.name, day)


def _alert(company: Company, plan: RegionPlan, cycle: int, today: date) -> Entity:
    severity = choice(_SEVERITIES, "alert", plan.name, cycle)
    kind, title = _ALERTS[severity]
    day = date.fromordinal(cycle * _ALERT_CYCLE_DAYS + whole(0, _ALERT_CYCLE_DAYS - 1, "alert day", plan.name, cycle))
    start = datetime.combine(day, time(whole(8, 18, "alert hour", plan.name, cycle)), UTC)
    until = start + timedelta(hours=whole(6, 20, "alert hours", plan.name, cycle))
    return {
        "id": identity("alert", plan.name, cycle),
        "region_id": plan.id,
        "alert_type": kind,
        "severity": severity,
        "title": title,
        "description": f"{title} in the {plan.name}.",
        "effective_from": _text(start),
        "effective_until": _text(until),
        "affected_trail_ids": _affected(company.trails_of[plan.name], plan, cycle),
        "is_active": until.date() >= today,
        "created_at": _text(start - timedelta(hours=30)),
    }


def _affected(trails: Sequence[TrailPlan], plan: RegionPlan, cycle: int) -> list[str]:
    here = [trail.id for trail in trails]
    return [] if cycle % 2 else here[:: whole(2, 4, "affected", plan.name, cycle)]


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _assessment(plan: TrailPlan, today: date) -> Entity:
    temperature = whole(2, 22, "felt", plan.name, today)
    return {
        "trail_id": plan.id,
        "trail_name": plan.name,
        "assessed_at": stamp(today, 5, 45),
        "overall_status": _ASSESSMENTS[plan.surface],
        "surface_condition": plan.surface,
        "water_crossings_passable": plan.surface not in {"FLOODED", "MUDDY"},
        "recent_weather": {
            "temperature_c": float(temperature),
            "feels_like_c": float(temperature - 2),
            "humidity_percent": float(whole(20, 95, "humidity", plan.name, today)),
            "wind_speed_kmh": float(whole(0, 40, "blow", plan.name, today)),
            "wind_direction_deg": whole(0, 359, "direction", plan.name, today),
            "precipitation_mm": 0.0 if plan.surface == "DRY" else 4.0,
            "uv_index": whole(1, 8, "uv", plan.name, today),
            "visibility_km": float(whole(4, 30, "visibility", plan.name, today)),
            "pressure_hpa": float(whole(990, 1028, "pressure", plan.name, today)),
            "cloud_cover_percent": whole(0, 100, "clouds", plan.name, today),
        },
        "ranger_notes": "Assessed from station data and the last patrol.",
    }
