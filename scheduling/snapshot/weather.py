"""Weather for a snapshot: the outlook of each date, and the alerts of a region."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from scheduling.domain import normalization
from scheduling.domain.facts import Region, Sibling, WeatherAlert, WeatherOutlook
from scheduling.domain.local_time import span_of_day
from scheduling.siblings import weather
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.weather import ForecastPayload
from scheduling.snapshot.gaps import Gaps, or_nothing
from scheduling.snapshot.translation import alert_of

STORMY = frozenset({"WARNING", "EMERGENCY"})

_read_forecasts = or_nothing(weather.read_forecasts, list[ForecastPayload]())


@dataclass(frozen=True, slots=True)
class Sky:
    """The weather of one region."""

    region: Region
    forecasts: dict[date, WeatherOutlook]
    alerts: tuple[WeatherAlert, ...]

    def outlooks(self, days: Iterable[date]) -> dict[tuple[UUID, date], WeatherOutlook]:
        """The outlook of the dates that have one: a storm by alert, else the forecast."""
        outlooks = {(self.region.id, day): self._outlook(day) for day in days}
        return {key: outlook for key, outlook in outlooks.items() if outlook}

    def _outlook(self, day: date) -> WeatherOutlook | None:
        today = span_of_day(day, self.region.timezone)
        warned = (alert for alert in self.alerts if alert.is_active and alert.severity in STORMY)
        if any(alert.span.overlaps(today) for alert in warned):
            return WeatherOutlook.STORM_WARNING
        return self.forecasts.get(day)


def read_sky(reader: SiblingReader, lookups: Lookups, gaps: Gaps, region: Region) -> Sky:
    """A region's weather. A region without a station has no forecast, and that leaves nothing unknown."""
    station = region.weather_station_id
    forecasts = lookups.call(Sibling.WEATHER, _read_forecasts, reader, station) if station else None
    alerts = lookups.call(Sibling.WEATHER, weather.read_alerts, reader, region.id)
    payload = gaps.filled(lookups, Sibling.WEATHER, forecasts, f"the forecast of {region.name}") if forecasts else None
    warned = gaps.filled(lookups, Sibling.WEATHER, alerts, f"weather alerts of {region.name}")
    return Sky(region, _by_day(payload or []), tuple(alert_of(alert, region.id) for alert in warned or ()))


def _by_day(forecasts: Sequence[ForecastPayload]) -> dict[date, WeatherOutlook]:
    return {f.date: normalization.outlook_of_forecast(f.condition) for f in forecasts if f.condition}
