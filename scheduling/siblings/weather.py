"""svc-weather: forecasts of stations, alerts of regions, assessments of trails."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from scheduling.domain.facts import Sibling
from scheduling.domain.limits import LONG_AGO, MAX_NOTE, OPEN_END
from scheduling.siblings.calls import Call, Payload
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.records import RecordList, Records
from scheduling.siblings.trail_management import Surface

WEATHER_LIFETIME = timedelta(minutes=15)
ASSESSMENT_LIFETIME = timedelta(minutes=5)
FORECAST_DAYS = 10

Condition = Literal["CLEAR", "PARTLY_CLOUDY", "CLOUDY", "RAIN", "HEAVY_RAIN", "SNOW", "THUNDERSTORM", "FOG"]
Severity = Literal["ADVISORY", "WATCH", "WARNING", "EMERGENCY"]
OverallStatus = Literal["EXCELLENT", "GOOD", "FAIR", "POOR", "HAZARDOUS", "IMPASSABLE"]

_call = partial(Call, Sibling.WEATHER)
_resource_call = partial(_call, names_resource=True)


class ForecastPayload(Payload):
    date: date
    condition: Condition | None = None


class AlertPayload(Payload):
    id: UUID
    severity: Severity
    title: str = Field(default="", max_length=MAX_NOTE)
    effective_from: AwareDatetime | None = Field(default=None, ge=LONG_AGO, le=OPEN_END)
    effective_until: AwareDatetime | None = Field(default=None, ge=LONG_AGO, le=OPEN_END)
    affected_trail_ids: list[UUID] | None = None
    is_active: bool | None = None


class AssessmentPayload(Payload):
    overall_status: OverallStatus | None = None
    surface_condition: Surface | None = None
    water_crossings_passable: bool | None = None


class _Forecasts(RecordList):
    RECORDS: ClassVar[str] = "forecasts"

    forecasts: list[ForecastPayload]


class _Alerts(RecordList):
    RECORDS: ClassVar[str] = "alerts"

    alerts: list[AlertPayload]


async def read_forecasts(reader: SiblingReader, station_id: str) -> Records[ForecastPayload]:
    """Read the daily forecasts of a station, `FORECAST_DAYS` at most. Raises SiblingNotFound for an unknown station."""
    params: dict[str, str | int] = {"station_id": station_id, "days": FORECAST_DAYS}
    call = _resource_call("getWeatherForecast", "/weather/forecast", params=params)
    page = await reader.get(call, _Forecasts, lifetime=WEATHER_LIFETIME)
    return Records(page.forecasts, page.sick)


async def read_alerts(reader: SiblingReader, region_id: UUID) -> Records[AlertPayload]:
    """Read the weather alerts of a region. Raises SiblingUnavailable."""
    call = _call("getWeatherAlerts", "/weather/alerts", params={"region_id": f"{region_id}"}, is_about_safety=True)
    page = await reader.get(call, _Alerts, lifetime=WEATHER_LIFETIME)
    return Records(page.alerts, page.sick)


async def read_assessment(reader: SiblingReader, trail_id: UUID) -> AssessmentPayload:
    """Read svc-weather's assessment of a trail. Raises SiblingNotFound where there is none."""
    return await reader.get(_assessment_call(trail_id), AssessmentPayload, lifetime=ASSESSMENT_LIFETIME)


def look_up_assessments(reader: SiblingReader, trail_ids: Iterable[UUID]) -> None:
    """Look up at once what the cache has of the assessments of these trails, before they are read."""
    reader.look_up(map(_assessment_call, trail_ids), ASSESSMENT_LIFETIME)


def _assessment_call(trail_id: UUID) -> Call:
    params = {"trail_id": f"{trail_id}"}
    return _resource_call("getTrailConditions", "/trail-conditions", params=params, is_about_safety=True)
