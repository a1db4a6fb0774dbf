"""svc-analytics: receives the summaries of optimizations."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from novatrek_scheduling.sandbox.siblings.service import Call, ErrorFormat, Operation, Reply, Service
from novatrek_scheduling.sandbox.siblings.state import State, command
from novatrek_scheduling.sandbox.world import Entity, World

NAME = "svc-analytics"


class AnalyticsEvent(BaseModel):
    """The summary of an optimization."""

    event_type: Literal["schedule.optimized"]
    occurred_at: AwareDatetime
    source: Literal["svc-scheduling-orchestrator"]
    schedule_date: date | None = None
    region_ids: list[UUID] = Field(default_factory=list)
    score_before: float | None = None
    score_after: float
    unassigned_count: int = Field(ge=0)
    duration_ms: int = Field(ge=0)


def ingest_event(state: State, call: Call) -> Reply:
    arguments = call.body(AnalyticsEvent).model_dump(mode="json", exclude_unset=True)
    return Reply(state.execute("keep_event", arguments, service=NAME, path="/events"), 202)


@command("events")
def keep_event(_: World, arguments: Entity, entry: Entity) -> Entity:
    """Return the receipt of an event, which changes nothing that can be read."""
    return {"id": entry["id"], "event_type": arguments["event_type"], "received_at": entry["at"]}


SERVICE = Service(NAME, (Operation("POST", "/events", ingest_event),), ErrorFormat())
