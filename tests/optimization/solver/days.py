"""Days to plan: a few words to write one by hand, and generators of random ones."""

import random
from collections.abc import Iterable
from uuid import UUID

from hypothesis import strategies as st

from optimization.solver.problem import DayProblem, Departure, EligiblePair, Load, Location
from optimization.solver.solution import DayPlan

CAMP = UUID(int=7)


def guide(number: int) -> UUID:
    return UUID(int=1000 + number)


def trip(number: int, starts_at: str, ends_at: str, guests: int, **details: object) -> Departure:
    return Departure(UUID(int=number), _minutes(starts_at), _minutes(ends_at), guests, **details)  # type: ignore[arg-type]


def pair(departure: Departure, number: int, capacity: int, score: int = 500, **details: object) -> EligiblePair:
    return EligiblePair(departure.id, guide(number), capacity, score, **details)  # type: ignore[arg-type]


def day(departures: Iterable[Departure], pairs: Iterable[EligiblePair], *locations: Location) -> DayProblem:
    return DayProblem(tuple(departures), tuple(pairs), locations)


def chosen_pairs(problem: DayProblem, plan: DayPlan) -> dict[UUID, tuple[EligiblePair, ...]]:
    """The plan's teams as the problem's pairs."""
    known = {(pair.departure_id, pair.guide_id): pair for pair in problem.pairs}
    return {team.departure_id: tuple(known[team.departure_id, g] for g in team.guide_ids) for team in plan}


def shuffled(problem: DayProblem, seed: int) -> DayProblem:
    """The same problem with everything in another order."""
    dice = random.Random(seed)
    departures, pairs = list(problem.departures), list(problem.pairs)
    dice.shuffle(departures)
    dice.shuffle(pairs)
    return DayProblem(tuple(departures), tuple(pairs), tuple(reversed(problem.locations)))


def random_day(guides: int, departures: int, seed: int, *, crowding: float = 1.0) -> DayProblem:
    """A day like those of the company: 13 % of the pairs qualify, half of the departures are published."""
    dice = random.Random(seed)
    capacities = [dice.choice((6, 8, 10, 12, 15, 20)) for _ in range(guides)]
    trips, pairs = [], []
    for number in range(departures):
        starts_at = dice.randrange(390, 1080, 15)
        guests = min(42, max(2, int(dice.lognormvariate(2.56, 0.5) * crowding)))
        trips.append(Departure(UUID(int=number + 1), starts_at, starts_at + dice.choice((120, 240, 480)), guests))
        qualified = [one for one in range(guides) if dice.random() < 0.13]
        published = qualified[:1] if dice.random() < 0.5 else []
        pairs += [
            pair(trips[-1], one, capacities[one], dice.randrange(200, 1000), is_kept=one in published)
            for one in qualified
        ]
    return day(trips, pairs)


@st.composite
def small_days(draw: st.DrawFn) -> DayProblem:
    """Up to 6 guides and 5 departures with everything that a problem can have."""
    crew = [guide(number) for number in range(draw(st.integers(0, 6)))]
    trips, pairs = [], []
    for number in range(draw(st.integers(0, 5))):
        candidates = [one for one in crew if draw(st.sampled_from((True, True, False)))]
        trips.append(draw(_small_departures(number, candidates)))
        pairs += [draw(_small_pairs(trips[-1].id, candidate)) for candidate in candidates]
    load = Load(540, 660, draw(st.integers(0, 20)))
    return day(trips, pairs, Location(CAMP, draw(st.integers(10, 60)), (load,)))


def _small_departures(number: int, candidates: list[UUID]) -> st.SearchStrategy[Departure]:
    nobody: st.SearchStrategy[frozenset[UUID]] = st.just(frozenset())
    somebody = st.frozensets(st.sampled_from([*candidates, guide(99)]), min_size=1, max_size=2)
    candidate = st.sampled_from(candidates).map(lambda one: frozenset({one})) if candidates else nobody
    forced = st.integers(0, 11).flatmap(lambda kind: somebody if kind == 0 else candidate if kind < 4 else nobody)
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
