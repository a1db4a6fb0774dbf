"""A dispatcher's edit of one departure: the permitted changes, their order, and their consequences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from novatrek_scheduling.errors import FieldProblem
from scheduling.domain.document import Departure, DepartureStatus, Role, UnassignedReason
from scheduling.domain.facts import Sibling, Snapshot
from scheduling.domain.limits import LONGEST_TRIP
from scheduling.errors import DepartureNotEditable, UnknownTrail
from scheduling.patches.manual_teams import manual_team
from scheduling.patches.merge_patch import merged
from scheduling.patches.ownership import CATALOG, CLOCK, PUBLISHING, not_yours
from scheduling.rules import Demand, EntriesByDate, Facts
from scheduling.rules.members import require_approval

IDENTITY = ("trip_id", "trip_name", "activity_type", "region_id", "language")
PLACES = ("trail_id", "location_id")
TIMES = ("starts_at", "ends_at")


@dataclass(frozen=True, slots=True)
class EditedDeparture:
    """One departure of a date's document under a dispatcher's edit. `facts` None: no change needs them."""

    departure_id: UUID
    departure: Departure
    day: date
    facts: Facts | None
    entries: EntriesByDate
    now: datetime

    def apply(self, fields: Mapping[str, Any]) -> None:
        """Change the departure as `fields`, the validated fields of a patch, say.

        Raises FieldNotOwned for fields that the catalog decides, DepartureNotEditable, UnknownTrail and UnknownGuide.
        """
        self._refuse_another_identity(fields)
        fields = {name: value for name, value in fields.items() if differs(self.departure, name, value)}
        if not fields:
            return
        self._refuse_when_over(fields)
        if "status" in fields:
            self._set_status(DepartureStatus(fields["status"]))
        self._move(fields)
        self._place(fields)
        if "capacity" in fields:
            self._resize(fields["capacity"])
        if "team" in fields:
            self._staff(fields["team"] or [])
        if "unassigned_reason" in fields:
            self._explain(fields["unassigned_reason"])
        if self.facts and self.departure.team and fields.keys() & {"team", *PLACES, *TIMES}:
            require_approval(
                self.departure.team,
                self._demand(self.facts),
                self.facts,
                self.entries,
                of_whole_team=bool(fields.keys() & {*PLACES, *TIMES}),
            )

    def _field(self, name: str) -> str:
        return f"assignments.departures.{self.departure_id}.{name}"

    def _refusal(self, name: str, reason: str) -> DepartureNotEditable:
        """The error that refuses a field, with the reason for people."""
        return DepartureNotEditable(f"{self.departure.trip_name}: {reason}.", FieldProblem(self._field(name), reason))

    def _refuse_another_identity(self, fields: Mapping[str, Any]) -> None:
        for name in IDENTITY:
            if name in fields and fields[name] != getattr(self.departure, name):
                raise not_yours(self._field(name), CATALOG)

    def _refuse_when_over(self, fields: Mapping[str, Any]) -> None:
        status = self.departure.status
        if status is DepartureStatus.COMPLETED:
            raise self._refusal(next(iter(fields)), "it is completed and cannot be changed")
        is_reinstated = fields.get("status") == DepartureStatus.DRAFT
        if status is DepartureStatus.CANCELLED and not is_reinstated:
            raise self._refusal("status", "it is cancelled; reinstate it with the status DRAFT first")

    def _set_status(self, status: DepartureStatus) -> None:
        current = self.departure.status
        if status is DepartureStatus.PUBLISHED:
            # Publishing is more than a status: it follows the edit, for callers with the scope.
            return
        if status in {DepartureStatus.IN_PROGRESS, DepartureStatus.COMPLETED}:
            raise not_yours(self._field("status"), CLOCK)
        if status is DepartureStatus.DRAFT:
            if current is not DepartureStatus.CANCELLED:
                raise not_yours(self._field("status"), PUBLISHING)
            if self.departure.starts_at <= self.now:
                raise self._refusal(
                    "status", "its start has passed; only a departure that has not started is reinstated"
                )
        self.departure.status = status

    def _move(self, fields: Mapping[str, Any]) -> None:
        times = {name: self._by_local_clock(fields[name]) for name in TIMES if name in fields}
        if not times:
            return
        if "starts_at" in times and self.departure.has_started(self.now):
            raise self._refusal("starts_at", "it has started already")
        if times.get("starts_at", self.departure.starts_at) <= self.now < self.departure.starts_at:
            raise self._refusal("starts_at", "that is in the past")
        for name, instant in times.items():
            setattr(self.departure, name, instant)
        self._refuse_impossible_times(fields)

    def _by_local_clock(self, instant: datetime) -> datetime:
        region = self.facts.snapshot.regions.get(self.departure.region_id) if self.facts else None
        return instant.astimezone(region.timezone) if region else instant

    def _refuse_impossible_times(self, fields: Mapping[str, Any]) -> None:
        departure = self.departure
        if departure.starts_at.date() != self.day:
            raise self._refusal(
                "starts_at", f"it must start on {self.day}, the date of this schedule, by its region's clock"
            )
        changed = "ends_at" if "ends_at" in fields else "starts_at"
        if departure.ends_at <= departure.starts_at:
            raise self._refusal(changed, "it must end after it starts")
        if departure.ends_at - departure.starts_at > LONGEST_TRIP:
            raise self._refusal(changed, f"it must take at most {LONGEST_TRIP.days} days")

    def _place(self, fields: Mapping[str, Any]) -> None:
        for name in PLACES:
            if name in fields:
                setattr(self.departure, name, fields[name])
        snapshot = self.facts.snapshot if self.facts else None
        if snapshot and "trail_id" in fields:
            self._refuse_unknown_trail(snapshot)
        if snapshot and "location_id" in fields:
            self._refuse_another_camp(snapshot)

    def _refuse_unknown_trail(self, snapshot: Snapshot) -> None:
        trail = self.departure.trail_id
        if trail and snapshot.knows(Sibling.TRAIL_MANAGEMENT) and not self._is_in_region(trail, snapshot):
            reason = f"{trail} is not a trail of this region"
            raise UnknownTrail(f"{self.departure.trip_name}: {reason}.", FieldProblem(self._field("trail_id"), reason))

    def _refuse_another_camp(self, snapshot: Snapshot) -> None:
        """Refuse any location but the region's base camp, whose capacity counts the people of the departure."""
        camp = snapshot.locations.get(self.departure.region_id)
        if camp and self.departure.location_id != camp.id:
            raise self._refusal("location_id", f"departures of this region leave from {camp.id}")

    def _is_in_region(self, trail_id: UUID, snapshot: Snapshot) -> bool:
        trail = snapshot.trails.get(trail_id)
        return trail is not None and trail.region_id == self.departure.region_id

    def _resize(self, capacity: int) -> None:
        if capacity < self.departure.participants and capacity < self.departure.capacity:
            raise self._refusal("capacity", f"it already has {self.departure.participants} guests")
        self.departure.capacity = capacity

    def _staff(self, members: Sequence[Mapping[str, Any]]) -> None:
        if not members:
            self.departure.team = []
            return
        if self.facts is None:
            raise TypeError("Staffing a departure requires facts.")
        demand = self._demand(self.facts)
        field = self._field("team")
        self.departure.team = manual_team(members, self.departure.team, demand, self.facts, self.entries, field)
        if self.departure.team:
            self.departure.unassigned_reason = None

    def _explain(self, patch: Mapping[str, Any] | None) -> None:
        current = self.departure.unassigned_reason
        reason = merged(current.model_dump(mode="json") if current else {}, patch)
        if reason is not None and not {"code", "message"} <= reason.keys():
            raise self._refusal("unassigned_reason", "a reason must have a code and a message")
        self.departure.unassigned_reason = None if reason is None else UnassignedReason.model_validate(reason)

    def _demand(self, facts: Facts) -> Demand:
        return Demand.of(self.departure_id, self.departure, self.day, facts.snapshot)


def differs(departure: Departure, name: str, value: Any) -> bool:
    """Return whether a validated field of a patch has another value than the departure."""
    if name == "team":
        current = {member.guide_id: (member.role, member.pinned) for member in departure.team}
        requested = {member["guide_id"]: (member["role"], _is_pinned(member, current)) for member in value or ()}
        return current != requested or len(value or ()) != len(departure.team)
    if name == "unassigned_reason":
        return bool(value or departure.unassigned_reason)
    return bool(getattr(departure, name) != value)


def _is_pinned(member: Mapping[str, Any], current: Mapping[UUID, tuple[Role, bool]]) -> bool:
    role_and_pin = current.get(member["guide_id"])
    return bool(member.get("pinned", role_and_pin[1] if role_and_pin else False))
