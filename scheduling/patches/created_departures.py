"""Departures created by a dispatcher: of a trip of the catalog, under the id that every writer derives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from novatrek_scheduling.errors import FieldProblem
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import Departure
from scheduling.domain.facts import CatalogDeparture, Snapshot, Trip
from scheduling.domain.new_departures import new_departure
from scheduling.errors import DateInThePast, DepartureNotEditable
from scheduling.snapshot import InactiveTrip, UnknownTrip


@dataclass(frozen=True, slots=True)
class CreatedDeparture:
    """A departure that is not in the document yet; `fields` has its trip and its start.

    `aliases` maps the catalog's ids of the document's departures to ours.
    """

    departure_id: UUID
    day: date
    fields: Mapping[str, Any]
    snapshot: Snapshot
    aliases: Mapping[UUID, UUID]

    @property
    def is_ours(self) -> bool:
        """Return whether the catalog lacks the departure and has to add it."""
        return self._listed(self._trip()) is None

    def build(self) -> Departure:
        """Return the departure as its trip defines it, for the other fields to be set.

        Raises UnknownTrip, InactiveTrip, DateInThePast, and DepartureNotEditable for an id that is not its own.
        """
        trip = self._trip()
        if self._starts_at <= timezone.now():
            problem = FieldProblem(self._field("starts_at"), "is in the past")
            raise DateInThePast("A departure that would have started already cannot be created.", problem)
        listed = self._listed(trip)
        self._refuse_another_id(trip, listed)
        departure = new_departure(trip, self.day, self._local_time(trip), self.snapshot, listed)
        if listed:
            departure.catalog_participants = listed.sold_spots
            departure.count_participants()
        elif "language" in self.fields:
            departure.language = self.fields["language"]
        return departure

    @property
    def _starts_at(self) -> datetime:
        starts_at: datetime = self.fields["starts_at"]
        return starts_at

    def _trip(self) -> Trip:
        trip = self.snapshot.trips.get(self.fields["trip_id"])
        if trip is None:
            raise UnknownTrip.of(self.fields["trip_id"], self._field("trip_id"))
        if not trip.is_active:
            raise InactiveTrip.of(trip, self._field("trip_id"))
        return trip

    def _listed(self, trip: Trip) -> CatalogDeparture | None:
        local_time = self._local_time(trip)
        of_day = self.snapshot.departures.get(self.day, ())
        same = (listed for listed in of_day if listed.trip_id == trip.id and listed.departure_time == local_time)
        return next((listed for listed in same if not listed.is_cancelled), None)

    def _local_time(self, trip: Trip) -> str:
        return self._starts_at.astimezone(self.snapshot.regions[trip.region_id].timezone).strftime("%H:%M")

    def _refuse_another_id(self, trip: Trip, listed: CatalogDeparture | None) -> None:
        expected = listed.id if listed else departure_id_of(trip.id, self.day, self._local_time(trip))
        expected = self.aliases.get(expected, expected)
        if self.departure_id != expected:
            reason = f"a departure of {trip.name} at {self._local_time(trip)} on {self.day} has the id {expected}"
            raise DepartureNotEditable(f"{reason}.".capitalize(), FieldProblem(self._field(""), reason))

    def _field(self, name: str) -> str:
        return f"assignments.departures.{self.departure_id}.{name}".rstrip(".")
