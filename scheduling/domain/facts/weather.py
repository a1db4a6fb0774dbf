"""What svc-weather expects and warns of."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from scheduling.domain.facts.span import Span


class WeatherOutlook(StrEnum):
    """The expected weather of a date, best first."""

    CLEAR = "CLEAR"
    PARTLY_CLOUDY = "PARTLY_CLOUDY"
    OVERCAST = "OVERCAST"
    RAIN_LIKELY = "RAIN_LIKELY"
    STORM_WARNING = "STORM_WARNING"


@dataclass(frozen=True, slots=True)
class WeatherAlert:
    """`severity` is svc-weather's: ADVISORY, WATCH, WARNING or EMERGENCY."""

    id: UUID
    region_id: UUID
    severity: str
    title: str
    span: Span
    trail_ids: frozenset[UUID]
    is_active: bool
