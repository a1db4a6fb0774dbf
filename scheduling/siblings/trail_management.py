"""svc-trail-management: trails, their closures and their ground conditions."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Difficulty, Sibling
from scheduling.domain.limits import MAX_GUESTS, MAX_NAME, MAX_NOTE
from scheduling.siblings.calls import Call, Payload
from scheduling.siblings.client import SiblingReader, send
from scheduling.siblings.paging import PAGE_SIZE, completeness_of, read_all_pages
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.records import RecordList, Records

TRAILS_LIFETIME = timedelta(minutes=5)
MAX_ELEVATION_M = 9_000
"""The largest elevation gain, in metres: no mountain is higher."""

Surface = Literal["DRY", "WET", "MUDDY", "ICY", "SNOW_COVERED", "FLOODED"]
Status = Literal["OPEN", "PARTIALLY_CLOSED", "CLOSED", "SEASONAL_CLOSURE"]

_call = partial(Call, Sibling.TRAIL_MANAGEMENT, is_about_safety=True)
_resource_call = partial(_call, names_resource=True)


class SeasonPayload(Payload):
    open_from: date | None = None
    open_until: date | None = None
    year_round: bool = False


class TrailPayload(Payload):
    """A trail. The contract requires none of its fields; without id and region it is of no use here."""

    id: UUID
    region_id: UUID
    name: str = Field(default="", max_length=MAX_NAME)
    activity_types: list[Annotated[str, Field(max_length=MAX_NAME)]] | None = None
    elevation_gain_m: float | None = Field(default=None, ge=0, le=MAX_ELEVATION_M)
    difficulty: Difficulty | None = None
    max_group_size: int | None = Field(default=None, ge=1, le=MAX_GUESTS)
    seasonal_availability: SeasonPayload = SeasonPayload()
    status: Status | None = None


class ClosurePayload(Payload):
    id: UUID
    reason: str = Field(default="", max_length=MAX_NOTE)
    start_date: date | None = None
    end_date: date | None = None
    severity: Literal["MINOR", "MODERATE", "SEVERE", "CRITICAL"] | None = None
    is_active: bool | None = None


class ConditionsPayload(Payload):
    trail_status: Status | None = None
    surface_condition: Surface | None = None


class _TrailPage(RecordList):
    RECORDS: ClassVar[str] = "trails"

    trails: list[TrailPayload]
    total_count: int | None = None

    @property
    def entries(self) -> list[TrailPayload]:
        return self.trails

    @property
    def total(self) -> int | None:
        return self.total_count


class _Closures(RecordList):
    RECORDS: ClassVar[str] = "closures"

    closures: list[ClosurePayload]


async def read_trails(reader: SiblingReader, lookups: Lookups, region_id: UUID) -> Records[TrailPayload]:
    """Read all trails of a region, whatever their status. Raises SiblingUnavailable."""
    read = partial(_trail_page, reader, region_id)
    return await read_all_pages(lookups, Sibling.TRAIL_MANAGEMENT, "searchTrails", read)


async def read_trail(reader: SiblingReader, trail_id: UUID) -> TrailPayload:
    """Read one trail. Raises SiblingNotFound for an unknown trail."""
    return await reader.get(_resource_call("getTrail", f"/trails/{trail_id}"), TrailPayload, lifetime=TRAILS_LIFETIME)


async def read_closures(reader: SiblingReader, trail_id: UUID) -> Records[ClosurePayload]:
    """Read the present and future closures of a trail. Raises SiblingNotFound for an unknown trail."""
    page = await reader.get(_closures_call(trail_id), _Closures, lifetime=TRAILS_LIFETIME)
    return Records(page.closures, page.sick)


async def read_conditions(reader: SiblingReader, trail_id: UUID) -> ConditionsPayload:
    """Read the current ground conditions of a trail. Raises SiblingNotFound where there is no report."""
    return await reader.get(_conditions_call(trail_id), ConditionsPayload, lifetime=TRAILS_LIFETIME)


def look_up_details(reader: SiblingReader, trail_ids: Collection[UUID]) -> None:
    """Look up at once what the cache has of these trails' closures and ground conditions, before they are read."""
    reader.look_up([*map(_closures_call, trail_ids), *map(_conditions_call, trail_ids)], TRAILS_LIFETIME)


def close_trail(trail_id: UUID, body: Mapping[str, Any], *, key: str, deadline: Deadline) -> ClosurePayload:
    """Record a closure. Raises SiblingRefusal, SiblingNotFound and SiblingUnavailable."""
    call = _resource_call("createTrailClosure", f"/trails/{trail_id}/closures", body=body, key=key)
    return send(call, ClosurePayload, deadline)


def _closures_call(trail_id: UUID) -> Call:
    return _resource_call("getTrailClosures", f"/trails/{trail_id}/closures")


def _conditions_call(trail_id: UUID) -> Call:
    return _resource_call("getTrailCurrentConditions", f"/trails/{trail_id}/conditions")


async def _trail_page(reader: SiblingReader, region_id: UUID, index: int) -> _TrailPage:
    params: dict[str, str | int] = {"region_id": f"{region_id}", "limit": PAGE_SIZE, "offset": index * PAGE_SIZE}
    call = _call("searchTrails", "/trails", params=params)
    return await reader.get(call, _TrailPage, lifetime=TRAILS_LIFETIME, check=completeness_of(call, index))
