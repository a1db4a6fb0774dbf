"""Trails, weather and base camps of some regions: what a decision can, with a warning, be made without."""

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar
from uuid import UUID

from scheduling.domain.facts import Location, Region, Sibling, Trail, Trip, WeatherAlert, WeatherOutlook
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups
from scheduling.snapshot.base_camps import read_camp
from scheduling.snapshot.gaps import Gaps
from scheduling.snapshot.trail_conditions import read_named_trail, read_trails
from scheduling.snapshot.weather import Sky, read_sky

T = TypeVar("T")
Started = Mapping[str, Future[T]]  # by what it will tell, in words for a person


@dataclass(frozen=True, slots=True)
class Found:
    """The answers that were read; those that were not are in the gaps."""

    trails: Mapping[UUID, Trail]
    outlooks: Mapping[tuple[UUID, date], WeatherOutlook]
    alerts: Mapping[UUID, tuple[WeatherAlert, ...]]
    locations: Mapping[UUID, Location]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The lookups of some regions, under way."""

    reader: SiblingReader
    lookups: Lookups
    gaps: Gaps
    named: Collection[UUID]
    trails: Started[list[Trail]]
    skies: Started[Sky]
    camps: Started[Location | None]

    @classmethod
    def start(
        cls,
        reader: SiblingReader,
        lookups: Lookups,
        gaps: Gaps,
        regions: Iterable[Region],
        trips: Collection[Trip],
        named: Collection[UUID],
    ) -> "Surroundings":
        """Begin to look at `regions`, in detail at trails that fit `trips` or are `named`."""
        requested = list(regions)
        return cls(
            reader=reader,
            lookups=lookups,
            gaps=gaps,
            named=named,
            trails={
                f"the trails of {region.name}": lookups.branch(read_trails, reader, lookups, gaps, region, trips, named)
                for region in requested
            },
            skies={
                f"the weather of {region.name}": lookups.branch(read_sky, reader, lookups, gaps, region)
                for region in requested
            },
            camps={
                f"the base camp of {region.name}": lookups.branch(read_camp, reader, gaps, region)
                for region in requested
            },
        )

    def finish(self, days: Collection[date]) -> Found:
        """Wait for all of it, until the deadline."""
        trails = {trail.id: trail for trail in self._trails()}
        skies = self._all(Sibling.WEATHER, self.skies)
        camps = self._all(Sibling.LOCATION_SERVICES, self.camps)
        return Found(
            trails=trails,
            outlooks={key: outlook for sky in skies for key, outlook in sky.outlooks(days).items()},
            alerts={sky.region.id: sky.alerts for sky in skies},
            locations={camp.region_id: camp for camp in camps if camp},
        )

    def _trails(self) -> list[Trail]:
        listed = self._all(Sibling.TRAIL_MANAGEMENT, self.trails)
        trails = [trail for branch in listed for trail in branch]
        missing = sorted(set(self.named) - {trail.id for trail in trails})
        return trails + self._unlisted(missing)

    def _unlisted(self, trail_ids: Iterable[UUID]) -> list[Trail]:
        under_way = {
            f"trail {key}": self.lookups.branch(read_named_trail, self.reader, self.lookups, self.gaps, key)
            for key in trail_ids
        }
        found = self._all(Sibling.TRAIL_MANAGEMENT, under_way)
        return [trail for trails in found for trail in trails]

    def _all(self, sibling: Sibling, started: Started[T]) -> list[T]:
        """The results that came in time."""
        results = [
            self.gaps.told(sibling, what, partial(self.lookups.branch_result, sibling, branch))
            for what, branch in started.items()
        ]
        return [result for result in results if result is not None]
