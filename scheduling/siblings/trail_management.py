"""svc-trail-management: trails, their closures and the state of their ground."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any, Literal
from uuid import UUID

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Difficulty, Sibling
from scheduling.siblings.calls import Call, Payload
from scheduling.siblings.client import Reader, send
from scheduling.siblings.paging import PAGE_SIZE, every_entry
from scheduling.siblings.parallel import Lookups

TRAILS_LIFETIME = timedelta(minutes=5)

Surface = Literal["DRY", "WET", "MUDDY", "ICY", "SNOW_COVERED", "FLOODED"]
Status = Literal["OPEN", "PARTIALLY_CLOSED", "CLOSED", "SEASONAL_CLOSURE"]

_call = partial(Call, Sibling.TRAIL_MANAGEMENT)
_about = partial(_call, names_one=True)


class SeasonPayload(Payload):
    open_from: date | None = None
    open_until: date | None = None
    year_round: bool = False


class TrailPayload(Payload):
    """The contract requires nothing of a trail; one without id or region is of no use to anybody."""

    id: UUID
    region_id: UUID
    name: str = ""
    activity_types: list[str] | None = None
    elevation_gain_m: float | None = None
    difficulty: Difficulty | None = None
    max_group_size: int | None = None
    seasonal_availability: SeasonPayload = SeasonPayload()
    status: Status | None = None


class ClosurePayload(Payload):
    id: UUID
    reason: str = ""
    start_date: date | None = None
    end_date: date | None = None
    severity: Literal["MINOR", "MODERATE", "SEVERE", "CRITICAL"] | None = None
    is_active: bool | None = None


class ConditionsPayload(Payload):
    trail_status: Status | None = None
    surface_condition: Surface | None = None


class _TrailPage(Payload):
    trails: list[TrailPayload]
    total_count: int | None = None

    @property
    def entries(self) -> list[TrailPayload]:
        return self.trails

    @property
    def total(self) -> int | None:
        return self.total_count


class _Closures(Payload):
    closures: list[ClosurePayload]


def read_trails(reader: Reader, lookups: Lookups, region_id: UUID) -> list[TrailPayload]:
    """Every trail of a region, whatever its status."""
    return every_entry(lookups, Sibling.TRAIL_MANAGEMENT, partial(_trail_page, reader, region_id))


def read_trail(reader: Reader, trail_id: UUID) -> TrailPayload:
    """Raises SiblingNotFound for a trail that nobody knows."""
    return reader.get(_about("getTrail", f"/trails/{trail_id}"), TrailPayload, lifetime=TRAILS_LIFETIME)


def read_closures(reader: Reader, trail_id: UUID) -> list[ClosurePayload]:
    """The closures of a trail that are not over. Raises SiblingNotFound for an unknown trail."""
    call = _about("getTrailClosures", f"/trails/{trail_id}/closures")
    return reader.get(call, _Closures, lifetime=TRAILS_LIFETIME).closures


def read_conditions(reader: Reader, trail_id: UUID) -> ConditionsPayload:
    """The ground of a trail now. Raises SiblingNotFound where nobody reported."""
    call = _about("getTrailCurrentConditions", f"/trails/{trail_id}/conditions")
    return reader.get(call, ConditionsPayload, lifetime=TRAILS_LIFETIME)


def close_trail(trail_id: UUID, body: Mapping[str, Any], *, key: str, deadline: Deadline) -> ClosurePayload:
    """Record a closure. Raises SiblingRefusal, SiblingNotFound and SiblingUnavailable."""
    call = _about("createTrailClosure", f"/trails/{trail_id}/closures", body=body, key=key)
    return send(call, ClosurePayload, deadline)


def _trail_page(reader: Reader, region_id: UUID, index: int) -> _TrailPage:
    asked: dict[str, str | int] = {"region_id": f"{region_id}", "limit": PAGE_SIZE, "offset": index * PAGE_SIZE}
    return reader.get(_call("searchTrails", "/trails", params=asked), _TrailPage, lifetime=TRAILS_LIFETIME)
