"""Resolution options: changes that would end a conflict, ready to be applied."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field

from conflicts.choices import Strategy
from conflicts.detection.causes import Cause
from scheduling.domain.document import Departure, ScheduleDocument, move_guests

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
    "catalog_change",
}
_OPTIONS = uuid5(NAMESPACE_URL, "https://novatrek.example.com/resolution-options")


class DepartureEdit(BaseModel):
    """The change of one departure: the fields to set. With `is_new` they are the whole departure.

    `moves_to` is the other date to which the departure moves, under its id.
    """

    model_config = ConfigDict(frozen=True)

    day: date
    departure_id: UUID
    fields: dict[str, Any]
    is_new: bool = False
    moves_to: date | None = None

    @property
    def days(self) -> set[date]:
        return {self.day, self.moves_to or self.day}

    def departure_in(self, documents: Mapping[date, ScheduleDocument]) -> Departure:
        """Return the departure in documents in which the change was made."""
        return documents[self.moves_to or self.day].departures[self.departure_id]

    def apply(self, documents: Mapping[date, ScheduleDocument]) -> None:
        """Make the change in the documents of its dates; a field set to None is absent afterwards."""
        departures = documents[self.day].departures
        current = departures.get(self.departure_id)
        kept = {} if current is None or self.is_new else current.model_dump(mode="json", by_alias=True)
        departures[self.departure_id] = Departure.model_validate(kept | self.fields)
        if self.moves_to:
            documents[self.moves_to].departures[self.departure_id] = departures.pop(self.departure_id)


class SiblingCall(BaseModel):
    """A message to a sibling, recorded in the outbox when the option is applied."""

    model_config = ConfigDict(frozen=True)

    destination: str
    key: str
    kind: str
    payload: dict[str, Any]


class Option(BaseModel):
    """A resolution option, with the premise it was computed on.

    `premise` has the digests of the departures it changes (`premise_of`), `revisions` the `_rev` of its dates.
    """

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

    def apply(self, documents: Mapping[date, ScheduleDocument]) -> None:
        """Make the option's change in the documents of its dates."""
        for edit in self.edits:
            edit.apply(documents)
        move_guests(documents.values(), self.moves_reservations)

    @property
    def departure_ids(self) -> frozenset[UUID]:
        return frozenset(edit.departure_id for edit in self.edits)

    @property
    def days(self) -> list[date]:
        return sorted({day for edit in self.edits for day in edit.days})

    def stored(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


def premise_of(departure: Departure) -> str:
    """The digest of the fields that an option relies on, so that a later change of the departure is detected."""
    plan = departure.model_dump(mode="json", include=RELIED_ON)
    return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()


def option_id(conflict_id: UUID, strategy: Strategy, subject: object) -> UUID:
    """The id of an option: equal for equal conflict, strategy and subject, however often it is computed."""
    return uuid5(_OPTIONS, f"{conflict_id} {strategy} {subject}")


def accept_risk(conflict_id: UUID, details: Mapping[str, Any]) -> Option:
    """The option that every conflict has: to keep the plan and accept the risk."""
    guests = int(details.get("guests", 0))
    cause = Cause(details["cause"])
    description = "Keep the plan as it is and take responsibility for the risk."
    impact = f"Nothing changes; {guests} guests go with a {details['severity']} risk."
    if cause.is_of_the_catalog:
        description = "Keep the departure as people were told, whatever the catalog lists."
        impact = f"Nothing changes; {guests} guests go as they were told, until the catalog changes again."
    elif cause is Cause.GUESTS_WITHOUT_PLACE:
        description = "The guests are told that they have no place, by whoever accepts this."
        impact = f"Nothing changes; {guests} guests do not go."
    return Option(
        id=option_id(conflict_id, Strategy.ACCEPT_RISK, details["fingerprint"]),
        strategy=Strategy.ACCEPT_RISK,
        description=description,
        impact_assessment=impact,
        estimated_affected_guests=guests,
        requires_guest_notification=cause is Cause.GUESTS_WITHOUT_PLACE,
    )


def options_in(details: Mapping[str, Any]) -> list[Option]:
    """The options in a conflict's details as last computed, best first."""
    return [Option.model_validate(stored) for stored in details.get("resolution_options", [])]
