"""Ownership of the fields of a daily schedule: a writer changes its own, and no other's.

The optimizer once wrote whole documents and wiped guide adjustments (NTK-10004). Since then each field has one owner,
and a patch that names another owner's field is refused, naming the field.
"""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import Any

from novatrek_scheduling.errors import FieldProblem
from scheduling.errors import FieldNotOwned
from scheduling.metrics import adjustments_refused


class Owner(StrEnum):
    """The writer to whom a part of a daily schedule belongs."""

    ORCHESTRATOR = "the orchestrator (scheduling:write)"
    GUIDE_MANAGEMENT = "svc-guide-management (guide-adjustments:write)"


RESERVATIONS = "the events of reservations"
CATALOG = "svc-trip-catalog, once the departure exists"
PUBLISHING = "publishing (POST …/publish)"
CLOCK = "the clock"
SERVICE = "the service itself"

PARTS: Mapping[str, Owner] = {"departures": Owner.ORCHESTRATOR, "guide_adjustments": Owner.GUIDE_MANAGEMENT}
OTHERS_FIELDS: Mapping[str, str] = {
    "participants": RESERVATIONS,
    "catalog": CATALOG,
    "catalog_change": CATALOG,
    "catalog_participants": RESERVATIONS,
    "reservations": RESERVATIONS,
    "moved_guests": SERVICE,
    "published": PUBLISHING,
    "rescheduled_to": SERVICE,
}
OF_THE_ROW = frozenset(
    {"schedule_id", "schedule_date", "published_at", "created_at", "updated_at", "unpublished_changes"}
)


def refuse_foreign_fields(patch: Mapping[str, Any], owners: Collection[Owner]) -> None:
    """Raise FieldNotOwned with every field of `patch`, a merge patch of the document, that none of `owners` owns.

    A patch of guide adjustments by another than their owner is counted: it is how NTK-10004 would recur.
    """
    if "guide_adjustments" in patch and Owner.GUIDE_MANAGEMENT not in owners:
        adjustments_refused.labels("service").inc()
    _refuse(_foreign_fields(patch, owners))


def refuse_fields_of_the_row(body: Mapping[str, Any]) -> None:
    """Raise FieldNotOwned with every field of `body` that the service keeps itself: identity, times, derived values."""
    _refuse((name, SERVICE) for name in sorted(OF_THE_ROW & body.keys()))


def not_yours(field: str, owner: str) -> FieldNotOwned:
    """Return the error that refuses one field of another owner."""
    return FieldNotOwned(f"{field} belongs to {owner}; leave it out.", FieldProblem(field, f"belongs to {owner}"))


def _refuse(foreign: Iterator[tuple[str, str]]) -> None:
    problems = [FieldProblem(field, f"belongs to {owner}") for field, owner in foreign]
    if problems:
        names = ", ".join(problem.field for problem in problems)
        raise FieldNotOwned(f"Not yours to write: {names}. Leave it out to have the rest applied.", *problems)


def _foreign_fields(patch: Mapping[str, Any], owners: Collection[Owner]) -> Iterator[tuple[str, str]]:
    for part, owner in PARTS.items():
        if part in patch and owner not in owners:
            yield f"assignments.{part}", owner
    departures = patch.get("departures")
    for key, fields in departures.items() if isinstance(departures, Mapping) else ():
        for name in fields if isinstance(fields, Mapping) else ():
            if name in OTHERS_FIELDS:
                yield f"assignments.departures.{key}.{name}", OTHERS_FIELDS[name]
