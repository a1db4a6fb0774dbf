"""Resolution options: what could be done about a conflict, ready to be applied."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field

from conflicts.choices import Strategy
from scheduling.domain.document import Departure, ScheduleDocument

RELIED_ON = {
    "trip_id",
    "trail_id",
    "location_id",
    "starts_at",
    "ends_at",
    "participants",
    "capacity",
    "status",
    "team",
}
_OPTIONS = uuid5(NAMESPACE_URL, "https://novatrek.example.com/resolution-options")


class DepartureEdit(BaseModel):
    """What changes in one departure: the fields to set. `is_new`: the fields are the whole departure."""

    model_config = ConfigDict(frozen=True)

    day: date
    departure_id: UUID
    fields: dict[str, Any]
    is_new: bool = False

    def apply(self, document: ScheduleDocument) -> None:
        """Make the change in a document of its date; a field set to nothing is absent afterwards."""
        current = document.departures.get(self.departure_id)
        known = {} if current is None or self.is_new else current.model_dump(mode="json", by_alias=True)
        document.departures[self.departure_id] = Departure.model_validate(known | self.fields)


class SiblingCall(BaseModel):
    """What a sibling is told when the option is applied: a message for the outbox."""

    model_config = ConfigDict(frozen=True)

    destination: str
    key: str
    kind: str
    payload: dict[str, Any]


class Option(BaseModel):
    """One way out. `premise` has, by departure, what it was computed on; `revisions` the `_rev` of its dates."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    strategy: Strategy
    description: str
    impact_assessment: str
    estimated_affected_guests: int
    requires_guest_notification: bool
    edits: tuple[DepartureEdit, ...] = ()
    calls: tuple[SiblingCall, ...] = ()
    moves_reservations: dict[UUID, UUID] = Field(default_factory=dict)
    premise: dict[UUID, str] = Field(default_factory=dict)
    revisions: dict[date, int] = Field(default_factory=dict)

    @property
    def departure_ids(self) -> frozenset[UUID]:
        return frozenset(edit.departure_id for edit in self.edits)

    @property
    def days(self) -> list[date]:
        return sorted({edit.day for edit in self.edits})

    def stored(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


def premise_of(departure: Departure) -> str:
    """What an option that touches a departure relies on, so that a later change of it is noticed."""
    plan = departure.model_dump(mode="json", include=RELIED_ON)
    return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()


def option_id(conflict_id: UUID, strategy: Strategy, subject: object) -> UUID:
    """The same for the same conflict, strategy and subject, however often it is computed."""
    return uuid5(_OPTIONS, f"{conflict_id} {strategy} {subject}")


def accept_risk(conflict_id: UUID, details: Mapping[str, Any]) -> Option:
    """Keeping it as it is: always there."""
    guests = int(details.get("guests", 0))
    return Option(
        id=option_id(conflict_id, Strategy.ACCEPT_RISK, details["fingerprint"]),
        strategy=Strategy.ACCEPT_RISK,
        description="Keep the plan as it is, and answer for it.",
        impact_assessment=f"Nothing changes; {guests} guests go with a {details['severity']} risk.",
        estimated_affected_guests=guests,
        requires_guest_notification=False,
    )


def options_in(details: Mapping[str, Any]) -> list[Option]:
    """The options as they were last computed, best first."""
    return [Option.model_validate(stored) for stored in details.get("resolution_options", [])]
