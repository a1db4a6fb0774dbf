"""svc-weather: forecasts by station, alerts by region, and assessments of trails. No paging."""

from datetime import date, timedelta

from novatrek_scheduling.sandbox.siblings.service import (
    Call,
    ErrorFormat,
    Operation,
    Refused,
    Reply,
    Service,
    entity_of,
)
from novatrek_scheduling.sandbox.siblings.state import State
from novatrek_scheduling.sandbox.world import Entity
from novatrek_scheduling.sandbox.world.seeding import stamp
from novatrek_scheduling.sandbox.world.weather import FORECAST_DAYS, forecast_id

_SEVERITIES = ("ADVISORY", "WATCH", "WARNING", "EMERGENCY")


def get_weather_forecast(state: State, call: Call) -> Reply:
    station = call.query.required("station_id")
    days = call.query.whole("days", 3, 1, FORECAST_DAYS)
    if station not in state.grouped("regions", "weather_station_id"):
        raise Refused(404, "STATION_NOT_FOUND", f"There is no station {station}.")
    dates = [state.today + timedelta(days=offset) for offset in range(days)]
    forecasts = [state.world.forecasts[forecast_id(station, day)] for day in dates]
    return Reply({"station_id": station, "generated_at": stamp(state.today, 5), "forecasts": forecasts})


def get_weather_alerts(state: State, call: Call) -> Reply:
    call.query.required("region_id")
    region_id = call.query.identifier("region_id")
    severity = call.query.one_of("severity", _SEVERITIES)
    alerts = [
        alert
        for alert in state.grouped("alerts", "region_id").get(region_id or "", [])
        if severity in {None, alert["severity"]} and not _is_over(alert, state.today)
    ]
    alerts.sort(key=lambda alert: (alert["effective_from"], alert["id"]))
    return Reply({"alerts": alerts, "total_count": len(alerts)})


def get_trail_conditions(state: State, call: Call) -> Reply:
    assessment = entity_of(state.world.assessments, call.query.required("trail_id"), "trail")
    trail = state.world.trails[assessment["trail_id"]]
    alerts = state.grouped("alerts", "region_id").get(trail["region_id"], [])
    active = [alert for alert in alerts if alert["is_active"] and _is_on(alert, state.today)]
    return Reply(assessment | {"active_alerts": active})


def _is_over(alert: Entity, today: date) -> bool:
    return bool(alert["effective_until"][:10] < today.isoformat())


def _is_on(alert: Entity, today: date) -> bool:
    return bool(alert["effective_from"][:10] <= today.isoformat() <= alert["effective_until"][:10])


SERVICE = Service(
    "svc-weather",
    (
        Operation("GET", "/weather/forecast", get_weather_forecast),
        Operation("GET", "/weather/alerts", get_weather_alerts),
        Operation("GET", "/trail-conditions", get_trail_conditions),
    ),
    ErrorFormat(reason_key="issue"),
)
