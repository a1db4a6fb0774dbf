"""Formulation of the solver's plain values from departures, assessments and facts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from math import fsum
from uuid import UUID

from optimization.candidates.assessment import Assessment
from optimization.solver.problem import PERFECT_SCORE, Departure, EligiblePair, Load, Location
from scheduling.domain.document import Departure as PlannedDeparture
from scheduling.domain.document import DepartureStatus
from scheduling.domain.facts import Snapshot

# The cost of an hour above a guide's fair share, in thousandths of a score: -5 % imbalance for +0.4 % loss.
PRICE_PER_HOUR = 12


def starting_minute(moment: datetime) -> int:
    """Return the whole minutes since 1970, UTC, rounded down."""
    return int(moment.timestamp()) // 60


def ending_minute(moment: datetime) -> int:
    """Return the whole minutes since 1970, UTC, rounded up: no rest after an end looks longer than it is."""
    return -int(-moment.timestamp() // 60)


def solver_departure(
    departure_id: UUID, departure: PlannedDeparture, *, guests: int, required: frozenset[UUID] = frozenset()
) -> Departure:
    """Return the departure as the solver sees it; pinned members stay on it."""
    return Departure(
        id=departure_id,
        starts_at=starting_minute(departure.starts_at),
        ends_at=ending_minute(departure.ends_at),
        guests=guests,
        location_id=departure.location_id,
        pinned_guides=frozenset(member.guide_id for member in departure.team if member.pinned),
        required_guides=required,
    )


def solver_pairs(
    assessment: Assessment, departure: PlannedDeparture, fair_hours: float, recent_hours: Mapping[UUID, float]
) -> list[EligiblePair]:
    """Return one pair per candidate; the present members of the team are kept if possible.

    `fair_hours` and `recent_hours`, by guide, are in hours: each one above `fair_hours` costs PRICE_PER_HOUR.
    """
    able, key, team = assessment.able, assessment.demand.departure_id, departure.guide_ids
    hours = departure.span.duration.total_seconds() / 3600
    guide_ids = [guide.id for guide in able.guides]
    prices = _Prices(hours, fair_hours)
    # Column by column: a large day has a hundred thousand pairs, of guides with few different hours.
    columns = (
        repeat(key, len(guide_ids)),
        guide_ids,
        able.capacities,
        [round(PERFECT_SCORE * score) for score in able.scores],
        [guide_id in team for guide_id in guide_ids] if team else repeat(False),
        repeat(True),
        [prices[recent] for recent in map(recent_hours.get, guide_ids, repeat(0.0))],
    )
    return list(map(EligiblePair._make, zip(*columns, strict=False)))


def fair_share(assessments: Iterable[Assessment], recent_hours: Mapping[UUID, float]) -> float:
    """Return the hours that each candidate would have if all had the same, the trailing 14 days included."""
    assessments = list(assessments)
    guides = {guide.id.int: guide.id for assessment in assessments for guide in assessment.able.guides}
    if not guides:
        return 0.0
    spans = [assessment.demand.span for assessment in assessments]
    day_hours = sum(span.duration.total_seconds() / 3600 for span in spans)
    return (fsum(recent_hours.get(guide, 0.0) for guide in guides.values()) + day_hours) / len(guides)


class _Prices(dict[float, int]):
    """The price of a departure of `hours` by the recent hours of the guide, each computed once."""

    def __init__(self, hours: float, fair_hours: float) -> None:
        super().__init__()
        self._hours, self._fair_hours = hours, fair_hours

    def __missing__(self, recent_hours: float) -> int:
        excess = recent_hours + self._hours - self._fair_hours
        price = self[recent_hours] = round(PRICE_PER_HOUR * min(max(excess, 0.0), self._hours))
        return price


def solver_locations(
    snapshot: Snapshot,
    departures: Mapping[UUID, PlannedDeparture],
    planned: Iterable[UUID],
    neighbours: Sequence[PlannedDeparture] = (),
) -> tuple[Location, ...]:
    """Return the base camps of known capacity, with the load of the departures that are not being planned.

    `neighbours` are departures of other dates.
    """
    fixed = [departures[key] for key in sorted(departures.keys() - set(planned))]
    loads: defaultdict[UUID | None, list[Load]] = defaultdict(list)
    for departure in (*fixed, *neighbours):
        if departure.team and departure.status is not DepartureStatus.CANCELLED:
            begins, ends = starting_minute(departure.starts_at), ending_minute(departure.ends_at)
            loads[departure.location_id].append(Load(begins, ends, departure.participants))
    return tuple(
        Location(location.id, location.max_capacity, tuple(loads[location.id]))
        for location in sorted(snapshot.locations.values(), key=lambda location: location.id)
        if location.max_capacity is not None
    )
