"""The report on the fragility of a date, as JSON values: what is stored, answered and shown."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from optimization.fragility.analysis import Fragility, Loss
from optimization.fragility.hedges import Hedge, HedgeKind
from optimization.fragility.losses import Resource
from optimization.fragility.names import Names
from optimization.fragility.standing_day import StandingPlan
from optimization.fragility.text import hedge_text, loss_text
from scheduling.domain.text import counted


def report_as_data(plan: StandingPlan, found: Fragility) -> dict[str, Any]:
    """Return the report. Departures are those at the time it was made, guides and places by name."""
    names = Names(plan)
    return {
        "departures": len(plan.departures),
        "guests": sum(departure.participants for departure in plan.departures.values()),
        "tried": found.tried,
        "most_fragile": [_loss(loss, names) for loss in found.most_fragile],
        "also_fragile": [_loss(loss, names) for loss in found.also_fragile],
        "hedges": [_hedge(hedge, names) for hedge in found.hedges],
        "without_team": sorted(map(str, plan.broken)),
        "not_judged": sorted(map(str, plan.held)),
        "not_tried": [_resource(resource, names) for resource in found.untried],
        "unknown": [plan.facts.snapshot.unknown[sibling] for sibling in sorted(plan.facts.snapshot.unknown)],
        "facts_read_at": plan.facts.snapshot.facts_read_at.isoformat(),
    }


def standby_in(hedge: dict[str, Any]) -> str:
    """Return the id of the guide whom a stored hedge holds ready; empty where it is another kind of hedge."""
    return str(hedge["id"]) if hedge["kind"] == HedgeKind.STANDBY.value else ""


def remarks_on(report: dict[str, Any]) -> list[str]:
    """Return what the report does not cover, in sentences."""
    remarks = [f"Unknown: {sentence}" for sentence in report["unknown"]]
    if report["without_team"]:
        remarks.append(f"{counted(len(report['without_team']), 'departure')} can no longer be led as planned.")
    if report["not_judged"]:
        remarks.append(f"{counted(len(report['not_judged']), 'departure')} not judged: only a person may change them.")
    if report["not_tried"]:
        remarks.append(f"Too little time for {len(report['not_tried'])} losses.")
    return remarks


def _loss(loss: Loss, names: Names) -> dict[str, Any]:
    return {
        "resource": _resource(loss.resource, names),
        "guests": loss.guests,
        "departures": _departures(loss.lost, names),
        "guests_on_duty": loss.guests_on_duty,
        "departures_on_duty": _departures(loss.lost_on_duty, names),
        "moved_departure_ids": sorted(map(str, loss.moved)),
        "is_proven": loss.is_proven,
        "message": loss_text(loss, names),
    }


def _hedge(hedge: Hedge, names: Names) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": hedge.kind.value,
        "removes": [_resource(resource, names) for resource in sorted(hedge.removes)],
        "departures": _departures(hedge.departure_ids, names),
        "needed_from": names.first_start(hedge).isoformat(),
        "message": hedge_text(hedge, names),
    }
    if hedge.id:
        data["id"] = str(hedge.id)
    if hedge.pool:
        data |= {"certifications": sorted(hedge.pool.certifications), "capacity": hedge.capacity}
    return data


def _resource(resource: Resource, names: Names) -> dict[str, str]:
    return {"kind": resource.kind.value, "id": str(resource.id), "name": names.of(resource)}


def _departures(departure_ids: Iterable[UUID], names: Names) -> list[dict[str, Any]]:
    return [
        {
            "departure_id": str(key),
            "trip_name": departure.trip_name,
            "starts_at": departure.starts_at.isoformat(),
            "guests": departure.participants,
        }
        for key, departure in names.ordered(departure_ids)
    ]
