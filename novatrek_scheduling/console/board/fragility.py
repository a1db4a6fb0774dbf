"""What single losses would do to a date, as the worker last found it: nothing is solved while a page loads."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from optimization.fragility.report import remarks_on, standby_in
from optimization.models import FragilityReport

SHOWN = 5


@dataclass(frozen=True, slots=True)
class FragileResource:
    """A guide, trail or base camp, and the guests who would lose their departure with it."""

    name: str
    kind: str
    guests: int
    message: str


@dataclass(frozen=True, slots=True)
class HedgeLine:
    """What would help. `standby_id`: the guide who would be left free for it, whom a proposal can leave free."""

    message: str
    standby_id: str


@dataclass(frozen=True, slots=True)
class Fragility:
    """The stored report in short; `is_current`: it is about the plan as it is now."""

    found_at: datetime
    is_current: bool
    most_fragile: tuple[FragileResource, ...]
    hedges: tuple[HedgeLine, ...]
    remarks: tuple[str, ...]


def stored_fragility(day: date, rev: int) -> Fragility | None:
    """Return the five most fragile resources of a date and their hedges, or None where none was found yet."""
    kept = FragilityReport.objects.filter(pk=day).first()
    if kept is None:
        return None
    report = kept.report
    return Fragility(
        found_at=kept.found_at,
        is_current=kept.rev == rev,
        most_fragile=tuple(_resource(loss) for loss in report["most_fragile"][:SHOWN]),
        hedges=tuple(_hedge(hedge) for hedge in report["hedges"][:SHOWN]),
        remarks=tuple(remarks_on(report)),
    )


def _hedge(hedge: dict[str, Any]) -> HedgeLine:
    return HedgeLine(hedge["message"], standby_in(hedge))


def _resource(loss: dict[str, Any]) -> FragileResource:
    resource = loss["resource"]
    kind = resource["kind"].replace("_", " ").lower()
    return FragileResource(resource["name"], kind, loss["guests"] or loss["guests_on_duty"], loss["message"])
