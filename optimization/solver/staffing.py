"""A departure with the guides who may go: what a team needs, whether one exists, and the cheapest one."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Self
from uuid import UUID

from optimization.solver.patterns import GuideClass, Need, covering_patterns
from optimization.solver.problem import Departure, EligiblePair, Location
from optimization.solver.solution import Team, UnstaffedReason


@dataclass(frozen=True, slots=True)
class Staffing:
    """`forced` go whenever anybody goes; `free` may, by id; `need` is what `free` has to add to `forced`."""

    departure: Departure
    forced: tuple[EligiblePair, ...]
    free: tuple[EligiblePair, ...]
    need: Need

    @classmethod
    def of(cls, departure: Departure, pairs: Iterable[EligiblePair]) -> Self:
        ordered = sorted(pairs, key=attrgetter("guide_id.int"))
        wanted = departure.forced_guides
        forced = tuple(pair for pair in ordered if wanted and pair.guide_id in wanted)
        free = tuple(pair for pair in ordered if pair.guide_id not in wanted) if forced else tuple(ordered)
        need = Need(
            guests=max(0, departure.guests - sum([pair.capacity for pair in forced])),
            places=departure.largest_team - len(forced),
            needs_lead=not any(pair.may_lead for pair in forced),
            keeps_spare=any(pair.is_kept for pair in free),
        )
        return cls(departure, forced, free, need)

    @property
    def pairs(self) -> tuple[EligiblePair, ...]:
        return self.forced + self.free

    @property
    def kept(self) -> tuple[EligiblePair, ...]:
        """Who is on the team now and may stay."""
        return tuple(pair for pair in self.pairs if pair.is_kept)

    def is_served_by(self, members: Collection[EligiblePair]) -> bool:
        """Whether these of its pairs are a team by the departure's own rules."""
        return (
            1 <= len(members) <= self.departure.largest_team
            and all(any(pair is member for member in members) for pair in self.forced)
            and any(pair.may_lead for pair in members)
            and sum([pair.capacity for pair in members]) >= self.departure.guests
        )

    def capacity_of(self, pair: EligiblePair) -> int:
        """How many of the group's guests the guide takes."""
        return min(pair.capacity, self.need.guests)

    def classes(self, pairs: Iterable[EligiblePair]) -> dict[GuideClass, list[EligiblePair]]:
        """The classes of `pairs` in a fixed order, each with its members."""
        members: defaultdict[tuple[int, bool], list[EligiblePair]] = defaultdict(list)
        for pair in pairs:
            members[self.capacity_of(pair), pair.may_lead or not self.need.needs_lead].append(pair)
        return {
            GuideClass(capacity, may_lead, min(len(alike), self.need.places)): alike
            for (capacity, may_lead), alike in sorted(members.items())
        }


def group_by_departure(departures: Iterable[Departure], pairs: Iterable[EligiblePair]) -> list[Staffing]:
    """A staffing for each departure, by id."""
    of_departure: defaultdict[UUID, list[EligiblePair]] = defaultdict(list)
    for pair in pairs:
        of_departure[pair.departure_id].append(pair)
    ordered = sorted(departures, key=lambda departure: departure.id)
    return [Staffing.of(departure, of_departure[departure.id]) for departure in ordered]


def cheapest_team(
    staffing: Staffing, free: Sequence[EligiblePair], cost: Callable[[EligiblePair], int]
) -> tuple[EligiblePair, ...] | None:
    """The team with the least total `cost` that the forced guides and some of `free`, by id, can form.

    Exact: a best team takes the cheapest members of each class, so it is enough to try every pattern. Equal
    costs fall to the smaller team, then to the smaller ids.
    """
    classes = staffing.classes(free)
    cheapest = [
        sorted([(cost(pair), pair) for pair in members], key=itemgetter(0))[: staffing.need.places]
        for members in classes.values()
    ]
    best: tuple[tuple[int, int], tuple[int, ...]] | None = None
    for pattern in covering_patterns(tuple(classes), staffing.need, None) or ():
        costs = [price for alike, count in zip(cheapest, pattern, strict=True) for price, _ in alike[:count]]
        figure = (sum(costs), len(costs))
        if best is None or figure < best[0]:
            best = (figure, pattern)
    if best is None:
        return None
    chosen = [pair for alike, count in zip(cheapest, best[1], strict=True) for _, pair in alike[:count]]
    return (*staffing.forced, *chosen)


def why_unstaffable(staffing: Staffing, locations: dict[UUID, Location]) -> UnstaffedReason | None:
    """Why no team can be found even if nobody else needed the guides; None if one can."""
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
    return _why_no_team(staffing) or _why_no_room(departure, locations)


def as_team(staffing: Staffing, members: Iterable[EligiblePair]) -> Team:
    """The members in their order: the best-scored who may lead first, the rest by score, ties by id."""
    ordered = sorted(members, key=lambda pair: (not pair.may_lead, -pair.score, pair.guide_id))
    rest = sorted(ordered[1:], key=lambda pair: (-pair.score, pair.guide_id))
    return Team(staffing.departure.id, tuple(pair.guide_id for pair in (ordered[0], *rest)))


def _why_no_team(staffing: Staffing) -> UnstaffedReason | None:
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


def _why_no_room(departure: Departure, locations: dict[UUID, Location]) -> UnstaffedReason | None:
    location = locations.get(departure.location_id) if departure.location_id else None
    if location is None or not departure.guests:
        return None
    room = location.capacity - peak_load(location, departure)
    return UnstaffedReason.LOCATION_FULL if departure.guests > room else None


def peak_load(location: Location, departure: Departure) -> int:
    """The most people at the location at once while the departure lasts, itself left out."""
    during = [
        load for load in location.loads if load.starts_at < departure.ends_at and departure.starts_at < load.ends_at
    ]
    moments = {departure.starts_at} | {load.starts_at for load in during}
    return max(
        sum([load.people for load in during if load.starts_at <= moment < load.ends_at])
        for moment in moments
        if departure.starts_at <= moment
    )
