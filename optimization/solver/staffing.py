"""Staffing one departure: the requirements of its team, and whether one exists."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Self
from uuid import UUID

from optimization.solver.patterns import GuideClass, Need
from optimization.solver.problem import Departure, EligiblePair, Location
from optimization.solver.solution import Team, UnstaffedReason

Members = tuple[EligiblePair, ...]
Teams = Mapping[UUID, Members]


@dataclass(frozen=True, slots=True)
class Staffing:
    """A departure with its eligible pairs, by id of the guide.

    Every team contains the `forced` pairs; `free` may complete it, and `need` is what they have to contribute.
    """

    departure: Departure
    forced: Members
    free: Members
    need: Need

    @classmethod
    def of(cls, departure: Departure, pairs: Iterable[EligiblePair]) -> Self:
        ordered = sorted(pairs, key=attrgetter("guide_id.int"))
        forced_guides = departure.forced_guides
        forced = tuple(pair for pair in ordered if forced_guides and pair.guide_id in forced_guides)
        free = tuple(pair for pair in ordered if pair.guide_id not in forced_guides) if forced else tuple(ordered)
        need = Need(
            guests=max(0, departure.guests - sum([pair.capacity for pair in forced])),
            places=departure.largest_team - len(forced),
            needs_lead=not any(pair.may_lead for pair in forced),
            keeps_spare=any(pair.is_kept for pair in free),
        )
        return cls(departure, forced, free, need)

    @property
    def pairs(self) -> Members:
        return self.forced + self.free

    @property
    def kept(self) -> Members:
        """The pairs of the current plan that are still eligible."""
        return tuple(pair for pair in self.pairs if pair.is_kept)

    def is_served_by(self, members: Collection[EligiblePair]) -> bool:
        """Return whether these of its pairs satisfy the departure's own constraints."""
        return (
            1 <= len(members) <= self.departure.largest_team
            and all(any(pair is member for member in members) for pair in self.forced)
            and any(pair.may_lead for pair in members)
            and sum([pair.capacity for pair in members]) >= self.departure.guests
        )

    def capacity_of(self, pair: EligiblePair) -> int:
        """Return the capacity of the pair in guests, at most the guests still to be covered."""
        return min(pair.capacity, self.need.guests)

    def classes(self, pairs: Iterable[EligiblePair]) -> dict[GuideClass, list[EligiblePair]]:
        """Return the classes of `pairs` in a fixed order, each with its members."""
        members: defaultdict[tuple[int, bool], list[EligiblePair]] = defaultdict(list)
        for pair in pairs:
            members[self.capacity_of(pair), pair.may_lead or not self.need.needs_lead].append(pair)
        return {
            GuideClass(capacity, may_lead, min(len(class_pairs), self.need.places)): class_pairs
            for (capacity, may_lead), class_pairs in sorted(members.items())
        }


def group_by_departure(departures: Iterable[Departure], pairs: Iterable[EligiblePair]) -> list[Staffing]:
    """Return a staffing for each departure, by id."""
    of_departure: defaultdict[UUID, list[EligiblePair]] = defaultdict(list)
    for pair in pairs:
        of_departure[pair.departure_id].append(pair)
    ordered = sorted(departures, key=lambda departure: departure.id)
    return [Staffing.of(departure, of_departure[departure.id]) for departure in ordered]


def unstaffable_reason(staffing: Staffing, locations: Mapping[UUID, Location]) -> UnstaffedReason | None:
    """Return the reason for which no plan can staff the departure; None if it can be staffed alone."""
    departure = staffing.departure
    candidates = {pair.guide_id for pair in staffing.pairs}
    if not departure.pinned_guides <= candidates:
        return UnstaffedReason.PINNED_GUIDE_UNAVAILABLE
    if not departure.required_guides <= candidates:
        return UnstaffedReason.REQUIRED_GUIDE_UNAVAILABLE
    if not candidates:
        return UnstaffedReason.NO_CANDIDATE
    if staffing.need.places < 0:
        return UnstaffedReason.TEAM_TOO_LARGE
    return _team_shortfall(staffing) or _capacity_shortfall(departure, locations)


def as_team(staffing: Staffing, members: Iterable[EligiblePair]) -> Team:
    """Return the team in its order: the best-scored who may lead first, the rest by score, ties by id."""
    ordered = sorted(members, key=lambda pair: (not pair.may_lead, -pair.score, pair.guide_id))
    rest = sorted(ordered[1:], key=lambda pair: (-pair.score, pair.guide_id))
    return Team(staffing.departure.id, tuple(pair.guide_id for pair in (ordered[0], *rest)))


def _team_shortfall(staffing: Staffing) -> UnstaffedReason | None:
    need = staffing.need
    leaders = [pair for pair in staffing.free if pair.may_lead]
    if need.needs_lead and not (leaders and need.places):
        return UnstaffedReason.NOBODY_CAN_LEAD
    largest: list[EligiblePair] = []
    if need.needs_lead:
        largest.append(max(leaders, key=lambda pair: pair.capacity))
    others = [pair for pair in staffing.free if pair not in largest]
    others.sort(key=lambda pair: -pair.capacity)
    largest += others[: need.places - len(largest)]
    covered = sum([pair.capacity for pair in largest])
    return UnstaffedReason.GROUP_NOT_COVERED if covered < need.guests else None


def _capacity_shortfall(departure: Departure, locations: Mapping[UUID, Location]) -> UnstaffedReason | None:
    location = locations.get(departure.location_id) if departure.location_id else None
    if location is None or not departure.guests:
        return None
    free_capacity = location.capacity - peak_load(location, departure)
    return UnstaffedReason.LOCATION_FULL if departure.guests > free_capacity else None


def peak_load(location: Location, departure: Departure) -> int:
    """Return the maximum of people in the location's loads at one moment of the departure, itself excluded."""
    concurrent = [
        load for load in location.loads if load.starts_at < departure.ends_at and departure.starts_at < load.ends_at
    ]
    moments = {departure.starts_at} | {load.starts_at for load in concurrent}
    return max(
        sum([load.people for load in concurrent if load.starts_at <= moment < load.ends_at])
        for moment in moments
        if departure.starts_at <= moment
    )
