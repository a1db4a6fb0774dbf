"""Steps that change the plan of a departure: its team, its time, its trail, its places, and whether it runs."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from conflicts.steps.base import StepBase
from conflicts.steps.making import Documents, Making, departure_in, open_departure_in, refusal
from conflicts.steps.times import is_taken
from scheduling.domain.catalog_changes import MOVED_BY_CATALOG, follow
from scheduling.domain.catalog_listing import CatalogListing
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import Departure, DepartureStatus, Role, TeamMember
from scheduling.domain.facts import Sibling
from scheduling.domain.local_time import move_span

# What a new departure does not have of the one that it is like.
_NOT_ALIKE = {
    "status": DepartureStatus.DRAFT,
    "participants": 0,
    "team": [],
    "unassigned_reason": None,
    "published": None,
    "reservations": {},
    "catalog_participants": None,
    "moved_guests": None,
    "rescheduled_to": None,
    "catalog": None,
    "catalog_change": None,
}


class Reassign(StepBase):
    """Guides who join and leave a team. `lead` leads it; None: whoever leads now, or the first of the team."""

    kind: Literal["reassign"] = "reassign"
    joining: tuple[UUID, ...] = ()
    leaving: tuple[UUID, ...] = ()
    lead: UUID | None = None

    @property
    def guide_ids(self) -> frozenset[UUID]:
        return frozenset(self.joining)

    def changes(self, departure: Departure) -> bool:
        """Return whether the departure would have another team or lead."""
        return bool(self.joining or self.leaving) or self.lead not in {None, departure.lead_id}

    def apply(self, documents: Documents, making: Making) -> None:
        departure = open_departure_in(documents, self.day, self.departure_id, making.now)
        self._refuse_another_team(departure)
        demand = making.demand_of(self.departure_id, departure, self.day)
        staying = [member for member in departure.team if member.guide_id not in self.leaving]
        team = [*staying, *(making.member(guide_id, demand) for guide_id in self.joining)]
        departure.team = _led_by(self._leader(departure, team), team)

    def _refuse_another_team(self, departure: Departure) -> None:
        if set(self.leaving) - departure.guide_ids:
            raise refusal(departure, "is without a guide already whom this option replaces")
        if set(self.joining) & departure.guide_ids:
            raise refusal(departure, "has a guide already whom this option adds")

    def _leader(self, departure: Departure, team: Collection[TeamMember]) -> UUID | None:
        ids = [member.guide_id for member in team]
        if self.lead is None:
            return departure.lead_id if departure.lead_id in ids else next(iter(ids), None)
        if self.lead not in ids:
            raise refusal(departure, "is without the guide who was to lead it")
        return self.lead


class Retime(StepBase):
    """Another start on the same date; the departure takes as long as before."""

    kind: Literal["retime"] = "retime"
    starts_at: datetime

    def apply(self, documents: Documents, making: Making) -> None:
        departure = open_departure_in(documents, self.day, self.departure_id, making.now)
        starts_at = making.by_local_clock(self.starts_at, departure.region_id)
        snapshot, document = making.known.snapshot, documents[self.day]
        if starts_at <= making.now:
            raise refusal(departure, f"was to leave at {starts_at:%H:%M}, which has passed")
        if is_taken(departure.trip_id, starts_at, self.day, document, snapshot, own_id=self.departure_id):
            raise refusal(departure, f"cannot leave at {starts_at:%H:%M}: another departure of its trip does")
        span = move_span(starts_at, departure.span)
        departure.starts_at, departure.ends_at = span.starts_at, span.ends_at


class Add(StepBase):
    """A new departure of the same trip, place and length as another one, without guests and team.

    `capacity` None: as many places as that one has. Its id is the one that every writer derives of trip, date and time
    (`Add.beside`).
    """

    kind: Literal["add"] = "add"
    like: UUID
    like_day: date
    starts_at: datetime
    capacity: int | None = None

    @classmethod
    def beside(cls, like: UUID, like_day: date, departure: Departure, day: date, starts_at: datetime) -> "Add":
        """Return the step that adds a departure like this one on `day`; `starts_at` is by the region's clocks."""
        key = departure_id_of(departure.trip_id, day, f"{starts_at:%H:%M}")
        return cls(day=day, departure_id=key, like=like, like_day=like_day, starts_at=starts_at)

    @property
    def days(self) -> frozenset[date]:
        return frozenset({self.day, self.like_day})

    def apply(self, documents: Documents, making: Making) -> None:
        like = departure_in(documents, self.like_day, self.like)
        starts_at = making.by_local_clock(self.starts_at, like.region_id)
        if starts_at <= making.now:
            raise refusal(like, f"was to go at {starts_at:%Y-%m-%d %H:%M}, which has passed")
        departures = documents[self.day].departures
        snapshot = making.known.snapshot
        if self.departure_id in departures or is_taken(
            like.trip_id, starts_at, self.day, documents[self.day], snapshot
        ):
            raise refusal(like, f"has another departure of its trip at {starts_at:%Y-%m-%d %H:%M} by now")
        span = move_span(starts_at, like.span)
        new = {"starts_at": span.starts_at, "ends_at": span.ends_at, "capacity": self.capacity or like.capacity}
        departures[self.departure_id] = like.model_copy(update={**_NOT_ALIKE, **new}, deep=True)


class Reroute(StepBase):
    """Another trail."""

    kind: Literal["reroute"] = "reroute"
    trail_id: UUID

    def apply(self, documents: Documents, making: Making) -> None:
        departure = open_departure_in(documents, self.day, self.departure_id, making.now)
        snapshot = making.known.snapshot
        if snapshot.knows(Sibling.TRAIL_MANAGEMENT) and self.trail_id not in snapshot.trails:
            raise refusal(departure, "cannot go on a trail that is not listed any more")
        departure.trail_id = self.trail_id


class Resize(StepBase):
    """Another number of places, for all guests together."""

    kind: Literal["resize"] = "resize"
    places: int

    def apply(self, documents: Documents, making: Making) -> None:
        open_departure_in(documents, self.day, self.departure_id, making.now).capacity = self.places


class Cancel(StepBase):
    """The end of a departure; `rescheduled_to` is the one on which its guests go instead.

    Of one that is cancelled already it only says that.
    """

    kind: Literal["cancel"] = "cancel"
    rescheduled_to: UUID | None = None

    def apply(self, documents: Documents, making: Making) -> None:
        departure = departure_in(documents, self.day, self.departure_id)
        if not (departure.is_cancelled and self.rescheduled_to):
            departure = open_departure_in(documents, self.day, self.departure_id, making.now)
        departure.status = DepartureStatus.CANCELLED
        departure.rescheduled_to = self.rescheduled_to or departure.rescheduled_to


class Follow(StepBase):
    """The departure as the catalog lists it: `listed`, without the time at which that was read."""

    kind: Literal["follow"] = "follow"
    listed: CatalogListing

    @classmethod
    def to(cls, day: date, departure_id: UUID, listed: CatalogListing) -> "Follow":
        return cls(day=day, departure_id=departure_id, listed=listed.model_copy(update={"read_at": None}))

    @property
    def days(self) -> frozenset[date]:
        return frozenset({self.day, self.listed.schedule_date}) if self.listed.is_for_sale else frozenset({self.day})

    def apply(self, documents: Documents, making: Making) -> None:
        departure = open_departure_in(documents, self.day, self.departure_id, making.now)
        base, theirs = departure.catalog, departure.catalog_change
        if base is None or theirs is None or theirs.model_copy(update={"read_at": None}) != self.listed:
            raise refusal(departure, "is listed otherwise in the catalog by now")
        followed = follow(departure, self.day, base, theirs, making.place_of(theirs.region_id))
        if followed.is_moved:
            departure.unassigned_reason = MOVED_BY_CATALOG.model_copy()
        if followed.moves_to:
            moved = documents[self.day].departures.pop(self.departure_id)
            documents[followed.moves_to].departures[self.departure_id] = moved


def _led_by(lead: UUID | None, team: Collection[TeamMember]) -> list[TeamMember]:
    """Return the team with this guide leading, and first of it."""
    ordered = sorted(team, key=lambda member: member.guide_id != lead)
    roles = [Role.LEAD if member.guide_id == lead else Role.ASSISTANT for member in ordered]
    return [member.model_copy(update={"role": role}) for member, role in zip(ordered, roles, strict=True)]
