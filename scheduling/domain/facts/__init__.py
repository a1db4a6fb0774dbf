"""The siblings' facts as decisions use them: immutable, in this service's terms and units, with times in UTC.

`scheduling.siblings` reads them, `scheduling.domain.normalization` translates the siblings' spellings into the
values here, and `scheduling.rules` and `optimization` decide on them.
"""

from scheduling.domain.facts.catalog import CatalogDeparture, Trip
from scheduling.domain.facts.guides import Certificate, Guide
from scheduling.domain.facts.places import Coordinates, Location, OpeningHours, Region, slug_of
from scheduling.domain.facts.siblings import LeftOut, RecordKind, Sibling
from scheduling.domain.facts.snapshot import Snapshot
from scheduling.domain.facts.span import Span, local_dates
from scheduling.domain.facts.trails import Closure, Difficulty, Trail, TrailCondition
from scheduling.domain.facts.weather import WeatherAlert, WeatherOutlook

__all__ = [
    "CatalogDeparture",
    "Certificate",
    "Closure",
    "Coordinates",
    "Difficulty",
    "Guide",
    "LeftOut",
    "Location",
    "OpeningHours",
    "RecordKind",
    "Region",
    "Sibling",
    "Snapshot",
    "Span",
    "Trail",
    "TrailCondition",
    "Trip",
    "WeatherAlert",
    "WeatherOutlook",
    "local_dates",
    "slug_of",
]
