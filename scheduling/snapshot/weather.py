"""Weather for a snapshot: the outlooks and alerts of a region."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from scheduling.domain import normalization
from scheduling.domain.facts import RecordKind, Region, Sibling, WeatherAlert, WeatherOutlook
from scheduling.domain.local_time import span_of_day
from scheduling.siblings import weather
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.records import Records
from scheduling.siblings.weather import ForecastPayload
from scheduling.snapshot.gaps import Gaps, with_default
from scheduling.snapshot.translation import alert_of

STORM_SEVERITIES = frozenset({"WARNING", "EMERGENCY"})

_NO_FORECASTS: Records[ForecastPayload] = Records([])
_read_forecasts = with_default(weather.read_forecasts, _NO_FORECASTS)


@dataclass(frozen=True, slots=True)
class RegionWeather:
    """The weather of one region; `is_whole` unless a part of it was not read."""

    region: Region
    forecasts: dict[date, WeatherOutlook]
    alerts: tuple[WeatherAlert, ...]
    is_whole: bool

    def outlooks(self, days: Iterable[date]) -> dict[tuple[UUID, date], WeatherOutlook]:
        """Return the outlooks of `days`: a storm warning by an alert, else the forecast; none without either."""
        outlooks = {(self.region.id, day): self._outlook(day) for day in days}
        return {key: outlook for key, outlook in outlooks.items() if outlook}

    def _outlook(self, day: date) -> WeatherOutlook | None:
        span = span_of_day(day, self.region.timezone)
        storms = (alert for alert in self.alerts if alert.is_active and alert.severity in STORM_SEVERITIES)
        if any(alert.span.overlaps(span) for alert in storms):
            return WeatherOutlook.STORM_WARNING
        return self.forecasts.get(day)


async def read_region_weather(reader: SiblingReader, lookups: Lookups, gaps: Gaps, region: Region) -> RegionWeather:
    """Read the weather of a region. Without a station it has no forecast, and nothing is unknown."""
    station = region.weather_station_id
    forecasts = lookups.call(Sibling.WEATHER, _read_forecasts, reader, station) if station else None
    alerts = lookups.call(Sibling.WEATHER, weather.read_alerts, reader, region.id)
    subject = f"the forecast of {region.name}"
    read = await gaps.answer_or_note(Sibling.WEATHER, subject, forecasts) if forecasts else None
    by_day = _by_day(gaps.sound(Sibling.WEATHER, RecordKind.FORECAST, read)) if read else {}
    listed = await gaps.answer_or_note(Sibling.WEATHER, f"the weather alerts of {region.name}", alerts)
    is_forecast = read is not None and not read.sick if station else True
    is_whole = is_forecast and listed is not None and not listed.sick
    if listed is None:
        return RegionWeather(region, by_day, (), is_whole)
    if listed.sick:
        # An alert is a fact of safety: one that cannot be read must not be taken for none.
        gaps.note(Sibling.WEATHER, f"a weather alert of {region.name} that cannot be read")
    return RegionWeather(region, by_day, tuple(alert_of(alert, region.id) for alert in listed.entries), is_whole)


def _by_day(forecasts: Sequence[ForecastPayload]) -> dict[date, WeatherOutlook]:
    return {f.date: normalization.outlook_of_forecast(f.condition) for f in forecasts if f.condition}
