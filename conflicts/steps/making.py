"""The making of a change: what steps need to know of the moment, and the departures that they change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from uuid import UUID

from conflicts.errors import ResolutionNotApplicable
from scheduling.domain.catalog_changes import Place
from scheduling.domain.document import Departure, GuideAdjustments, Role, ScheduleDocument, TeamMember
from scheduling.domain.facts import Guide
from scheduling.rules import Demand, EntriesByDate, Facts
from scheduling.rules.members import new_member

Documents = Mapping[date, ScheduleDocument]
PairingScore = Callable[[Guide, Demand, Facts, GuideAdjustments], float]


@dataclass(frozen=True, slots=True)
class Making:
    """What is known at the moment at which steps are made.

    `facts` are the siblings' facts, None for steps that only cancel. `entries` are the guides' of all dates that
    the changed departures touch; `score` is that of a guide on a departure; `waiting` has the guests of the
    reservations that wait for a place.
    """

    facts: Facts | None
    entries: EntriesByDate
    score: PairingScore
    now: datetime
    waiting: Mapping[UUID, int] = field(default_factory=dict)

    @property
    def known(self) -> Facts:
        """The facts. Raises TypeError where none were read."""
        if self.facts is None:
            raise TypeError("These steps need facts, and none were read.")
        return self.facts

    def zone_of(self, region_id: UUID) -> tzinfo | None:
        """Return the clocks of a region, None where it is unknown."""
        region = self.known.snapshot.regions.get(region_id)
        return region.timezone if region else None

    def place_of(self, region_id: UUID) -> Place:
        """Return where a region's departures leave from. Raises ResolutionNotApplicable where it is unknown."""
        snapshot = self.known.snapshot
        region = snapshot.regions.get(region_id)
        if region is None:
            raise ResolutionNotApplicable("The catalog does not say where the region's clocks are.")
        location = snapshot.locations.get(region_id)
        return Place(region.timezone, location.id if location else None)

    def by_local_clock(self, instant: datetime, region_id: UUID) -> datetime:
        """Return the instant as clocks of the region show it."""
        return instant.astimezone(self.zone_of(region_id) or instant.tzinfo)

    def demand_of(self, departure_id: UUID, departure: Departure, day: date) -> Demand:
        return Demand.of(departure_id, departure, day, self.known.snapshot)

    def member(self, guide_id: UUID, demand: Demand) -> TeamMember:
        """Return a guide as a new member of a team. Raises ResolutionNotApplicable for one who is unknown."""
        guide = self.known.snapshot.guides.get(guide_id)
        if guide is None:
            raise ResolutionNotApplicable(f"Guide {guide_id} is not listed any more.")
        score = self.score(guide, demand, self.known, self.entries.of(guide_id, demand.days))
        return new_member(guide, demand, self.known, score=score, role=Role.ASSISTANT)


def departure_in(documents: Documents, day: date, departure_id: UUID) -> Departure:
    """Return a departure of these documents. Raises ResolutionNotApplicable where it is not there any more."""
    departure = documents[day].departures.get(departure_id) if day in documents else None
    if departure is None:
        raise ResolutionNotApplicable(f"Departure {departure_id} is not on {day} any more.")
    return departure


def open_departure_in(documents: Documents, day: date, departure_id: UUID, now: datetime) -> Departure:
    """Return a departure that may still be planned. Raises ResolutionNotApplicable for any other."""
    departure = departure_in(documents, day, departure_id)
    if departure.is_cancelled:
        raise refusal(departure, "is cancelled by now")
    if not departure.may_be_replanned(now):
        raise refusal(departure, "has started by now")
    return departure


def refusal(departure: Departure, reason: str) -> ResolutionNotApplicable:
    """Return the error that says of a departure why a step cannot be made."""
    return ResolutionNotApplicable(
        f"{departure.trip_name} on {departure.starts_at:%Y-%m-%d at %H:%M} {reason}; choose another option."
    )
