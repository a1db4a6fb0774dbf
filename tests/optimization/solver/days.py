"""Days to plan: builders for a day written by hand, and generators of random ones."""

import random
from collections.abc import Iterable
from uuid import UUID

from hypothesis import strategies as st

from optimization.solver.problem import DayProblem, Departure, EligiblePair, Load, Location
from optimization.solver.solution import DayPlan, Objectives
from optimization.solver.what_if import ForcedAssignment, costs_of_assignments

CAMP = UUID(int=7)


def guide(number: int) -> UUID:
    return UUID(int=1000 + number)


def trip(number: int, starts_at: str, ends_at: str, guests: int, **details: object) -> Departure:
    return Departure(UUID(int=number), _minutes(starts_at), _minutes(ends_at), guests, **details)  # type: ignore[arg-type]


def pair(departure: Departure, number: int, capacity: int, score: int = 500, **details: object) -> EligiblePair:
    return EligiblePair(departure.id, guide(number), capacity, score, **details)  # type: ignore[arg-type]


def day(departures: Iterable[Departure], pairs: Iterable[EligiblePair], *locations: Location) -> DayProblem:
    return DayProblem(tuple(departures), tuple(pairs), locations)


def forced_assignment(
    problem: DayProblem, plan: DayPlan, departure_id: UUID, guide_id: UUID, *, time_limit_seconds: float = 2.0
) -> ForcedAssignment:
    """Return the cost of forcing a single guide onto the departure's team."""
    return costs_of_assignments(problem, plan, departure_id, [guide_id], time_limit_seconds=time_limit_seconds)[0]


def is_better(first: Objectives, second: Objectives) -> bool:
    """Return whether `first` is lexicographically better than `second`."""
    return (-first.guests, -first.kept, first.loss) < (-second.guests, -second.kept, second.loss)


def chosen_pairs(problem: DayProblem, plan: DayPlan) -> dict[UUID, tuple[EligiblePair, ...]]:
    """Return the plan's teams as the problem's pairs."""
    pairs = {(pair.departure_id, pair.guide_id): pair for pair in problem.pairs}
    return {
        team.departure_id: tuple(pairs[team.departure_id, guide_id] for guide_id in team.guide_ids) for team in plan
    }


def shuffled(problem: DayProblem, seed: int) -> DayProblem:
    """Return the same problem with its values in another order."""
    dice = random.Random(seed)
    departures, pairs = list(problem.departures), list(problem.pairs)
    dice.shuffle(departures)
    dice.shuffle(pairs)
    return DayProblem(tuple(departures), tuple(pairs), tuple(reversed(problem.locations)))


def random_day(guides: int, departures: int, seed: int, *, crowding: float = 1.0) -> DayProblem:
    """Return a day like the company's: 13 % of the pairs are eligible, half of the departures published."""
    dice = random.Random(seed)
    capacities = [dice.choice((6, 8, 10, 12, 15, 20)) for _ in range(guides)]
    trips, pairs = [], []
    for number in range(departures):
        starts_at = dice.randrange(390, 1080, 15)
        guests = min(42, max(2, int(dice.lognormvariate(2.56, 0.5) * crowding)))
        trips.append(Departure(UUID(int=number + 1), starts_at, starts_at + dice.choice((120, 240, 480)), guests))
        qualified = [candidate for candidate in range(guides) if dice.random() < 0.13]
        published = qualified[:1] if dice.random() < 0.5 else []
        pairs += [
            pair(trips[-1], candidate, capacities[candidate], dice.randrange(200, 1000), is_kept=candidate in published)
            for candidate in qualified
        ]
    return day(trips, pairs)


@st.composite
def small_days(draw: st.DrawFn) -> DayProblem:
    """Draw up to 6 guides and 5 departures, with every feature of a problem."""
    crew = [guide(number) for number in range(draw(st.integers(0, 6)))]
    trips, pairs = [], []
    for number in range(draw(st.integers(0, 5))):
        candidates = [candidate for candidate in crew if draw(st.sampled_from((True, True, False)))]
        trips.append(draw(_small_departures(number, candidates)))
        pairs += [draw(_small_pairs(trips[-1].id, candidate)) for candidate in candidates]
    load = Load(540, 660, draw(st.integers(0, 20)))
    return day(trips, pairs, Location(CAMP, draw(st.integers(10, 60)), (load,)))


def _small_departures(number: int, candidates: list[UUID]) -> st.SearchStrategy[Departure]:
    none: st.SearchStrategy[frozenset[UUID]] = st.just(frozenset())
    any_guides = st.frozensets(st.sampled_from([*candidates, guide(99)]), min_size=1, max_size=2)
    candidate = st.sampled_from(candidates).map(lambda guide_id: frozenset({guide_id})) if candidates else none
    forced = st.integers(0, 11).flatmap(lambda kind: any_guides if kind == 0 else candidate if kind < 4 else none)
    return st.builds(
        lambda starts_at, duration, **details: Departure(
            UUID(int=number + 1), starts_at, starts_at + duration, **details
        ),
        starts_at=st.integers(16, 24).map(lambda half_hour: half_hour * 30),
        duration=st.sampled_from((30, 90, 150, 300)),
        guests=st.one_of(st.integers(0, 24), st.integers(0, 10)),
        priority=st.sampled_from((1, 1, 1, 3)),
        largest_team=st.sampled_from((3, 3, 2, 1)),
        location_id=st.sampled_from((None, CAMP)),
        pinned_guides=forced,
        required_guides=forced,
    )


def _small_pairs(departure_id: UUID, guide_id: UUID) -> st.SearchStrategy[EligiblePair]:
    return st.builds(
        EligiblePair,
        departure_id=st.just(departure_id),
        guide_id=st.just(guide_id),
        capacity=st.integers(0, 14),
        score=st.integers(0, 1000),
        is_kept=st.sampled_from((False, False, True)),
        may_lead=st.sampled_from((True, True, True, False)),
        price=st.sampled_from((0, 0, 40, 9000)),
    )


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
