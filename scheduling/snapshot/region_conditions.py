"""Trails, weather and base camps of some regions. A decision is possible without them, with a warning."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar
from uuid import UUID

from scheduling.domain.facts import Location, Region, Sibling, Trail, Trip, WeatherAlert, WeatherOutlook
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.tasks import Task
from scheduling.snapshot.base_camps import read_base_camp
from scheduling.snapshot.gaps import Gaps
from scheduling.snapshot.trail_conditions import read_named_trail, read_trails
from scheduling.snapshot.weather import RegionWeather, read_region_weather

T = TypeVar("T")
Branches = Mapping[str, Task[T]]
"""Running branches by the subject they read, in words for a person."""


@dataclass(frozen=True, slots=True)
class RegionConditions:
    """The trails, weather and base camps that were read; what was not is in the gaps."""

    trails: Mapping[UUID, Trail]
    outlooks: Mapping[tuple[UUID, date], WeatherOutlook]
    alerts: Mapping[UUID, tuple[WeatherAlert, ...]]
    unread_weather: frozenset[UUID]
    locations: Mapping[UUID, Location]


@dataclass(frozen=True, slots=True)
class RegionLookups:
    """The running lookups of some regions' trails, weather and base camps."""

    reader: SiblingReader
    lookups: Lookups
    gaps: Gaps
    named: Collection[UUID]
    trails: Branches[list[Trail]]
    weather: Branches[RegionWeather]
    camps: Branches[Location | None]

    @classmethod
    def start(
        cls,
        reader: SiblingReader,
        lookups: Lookups,
        gaps: Gaps,
        regions: Iterable[Region],
        trips: Collection[Trip],
        named: Collection[UUID],
    ) -> "RegionLookups":
        """Start to read `regions`, in detail the trails that suit `trips` or are `named`."""
        region_list = list(regions)
        trips_by_region: defaultdict[UUID, list[Trip]] = defaultdict(list)
        for trip in trips:
            trips_by_region[trip.region_id].append(trip)
        return cls(
            reader=reader,
            lookups=lookups,
            gaps=gaps,
            named=named,
            trails={
                f"the trails of {region.name}": lookups.branch(
                    read_trails, reader, lookups, gaps, region, trips_by_region, named
                )
                for region in region_list
            },
            weather={
                f"the weather of {region.name}": lookups.branch(read_region_weather, reader, lookups, gaps, region)
                for region in region_list
            },
            camps={
                f"the base camp of {region.name}": lookups.branch(read_base_camp, reader, gaps, region)
                for region in region_list
            },
        )

    def finish(self, days: Collection[date]) -> RegionConditions:
        """Return the results for `days`, as far as they come by the deadline."""
        trails = {trail.id: trail for trail in self._trails()}
        weather = self._results(Sibling.WEATHER, self.weather)
        camps = self._results(Sibling.LOCATION_SERVICES, self.camps)
        return RegionConditions(
            trails=trails,
            outlooks={
                key: outlook for region_weather in weather for key, outlook in region_weather.outlooks(days).items()
            },
            alerts={region_weather.region.id: region_weather.alerts for region_weather in weather},
            unread_weather=frozenset(found.region.id for found in weather if not found.is_whole),
            locations={camp.region_id: camp for camp in camps if camp},
        )

    def _trails(self) -> list[Trail]:
        listed = self._results(Sibling.TRAIL_MANAGEMENT, self.trails)
        trails = [trail for branch in listed for trail in branch]
        missing = sorted(set(self.named) - {trail.id for trail in trails})
        return trails + self._unlisted(missing)

    def _unlisted(self, trail_ids: Iterable[UUID]) -> list[Trail]:
        branches = {
            f"trail {key}": self.lookups.branch(read_named_trail, self.reader, self.lookups, self.gaps, key)
            for key in trail_ids
        }
        return [trail for trails in self._results(Sibling.TRAIL_MANAGEMENT, branches) for trail in trails]

    def _results(self, sibling: Sibling, branches: Branches[T]) -> list[T]:
        """Return the results that come by the deadline and note the subjects of the others."""
        results = [
            self.gaps.read_or_note(sibling, subject, partial(self.lookups.result, sibling, branch))
            for subject, branch in branches.items()
        ]
        return [result for result in results if result is not None]
