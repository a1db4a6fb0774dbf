"""Random days and requests like the company's, of any size, from a seed: equal arguments, equal instances.

Certificates, absence and rest are decided here, as the service decides them before it calls the solver: a problem
contains eligible pairs only.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from optimization.solver.problem import (
    LARGEST_TEAM,
    PERFECT_SCORE,
    TURNAROUND_MINUTES,
    DayProblem,
    Departure,
    EligiblePair,
    RequestOption,
    RequestProblem,
)

ACTIVITIES = 12
LANGUAGES = 6
CAPACITIES = (6, 8, 10, 12, 15, 20)
FIRST_DATE = date(2027, 5, 1)
DAY_MINUTES = 24 * 60
REST_MINUTES = 8 * 60


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a day; guides work in one or two regions of one cluster."""

    guides: int
    departures: int
    regions: int
    regions_a_cluster: int

    @property
    def clusters(self) -> int:
        return self.regions // self.regions_a_cluster


SIZES = {
    "1x": Size(142, 38, 1, 1),
    "10x": Size(1_420, 380, 6, 3),
    "50x": Size(7_100, 1_900, 30, 5),
    "10x linked": Size(1_420, 380, 6, 6),
    "growth 5x": Size(710, 190, 3, 3),
    "growth 10x": Size(1_420, 380, 6, 3),
    "growth 20x": Size(2_840, 760, 12, 3),
    "growth 50x": Size(7_100, 1_900, 30, 3),
    "growth 100x": Size(14_200, 3_800, 60, 3),
    "3 of 6 regions": Size(710, 190, 3, 3),
    "2 of 6 regions": Size(473, 127, 2, 2),
    "1 of 6 regions": Size(237, 63, 1, 1),
}


@dataclass(frozen=True, slots=True)
class _Guide:
    id: UUID
    regions: frozenset[int]
    activities: frozenset[int]  # with valid certificates
    languages: frozenset[int]
    capacity: int
    rating: float
    hours_ahead: int
    free_from: int
    free_until: int

    def may_go(self, region: int, activity: int, language: int | None, departure: Departure) -> bool:
        return (
            region in self.regions
            and activity in self.activities
            and (language is None or language in self.languages)
            and self.free_from <= departure.starts_at
            and departure.ends_at <= self.free_until
        )

    def as_pair(self, departure: Departure, dice: random.Random) -> EligiblePair:
        score = self.rating * dice.uniform(0.5, 1.0)
        hours = (departure.ends_at - departure.starts_at) / 60
        return EligiblePair(
            departure_id=departure.id,
            guide_id=self.id,
            capacity=self.capacity,
            score=round(score * PERFECT_SCORE),
            price=round(3 * hours * max(0, self.hours_ahead)),
        )


def day_of(size: str, seed: int, crowding: float = 1.0) -> DayProblem:
    """Return a day; `crowding` multiplies the group sizes, which makes guides scarce."""
    clusters = clusters_of_day(size, seed, crowding)
    return DayProblem(
        departures=tuple(departure for cluster in clusters for departure in cluster.departures),
        pairs=tuple(pair for cluster in clusters for pair in cluster.pairs),
    )


def clusters_of_day(size: str, seed: int, crowding: float = 1.0) -> tuple[DayProblem, ...]:
    """Return the same day by clusters: regions that share no guide with those of another cluster."""
    measure = SIZES[size]
    share = replace(
        measure,
        guides=measure.guides // measure.clusters,
        departures=measure.departures // measure.clusters,
        regions=measure.regions_a_cluster,
    )
    return tuple(
        _cluster(share, random.Random(f"{size} {seed} {crowding} {number}"), crowding)
        for number in range(measure.clusters)
    )


def request_of(seed: int, *, dates: int = 30, guides: int = 142) -> RequestProblem:
    """Return one trip on several dates; other guides are absent on each."""
    dice = random.Random(f"request {seed} {dates} {guides}")
    crew = [_guide(1, dice) for _ in range(guides)]
    activity, guests = dice.randrange(ACTIVITIES), _group(dice, 1.0)
    options = []
    for number in range(dates):
        starts_at = number * DAY_MINUTES + 8 * 60
        departure = Departure(_id(dice), starts_at, starts_at + 240, guests)
        able = [guide for guide in crew if activity in guide.activities and dice.random() < 0.76]
        pairs = [guide.as_pair(departure, dice)._replace(is_kept=dice.random() < 0.05) for guide in able]
        options.append(RequestOption(FIRST_DATE + timedelta(days=number), departure, tuple(pairs)))
    return RequestProblem(tuple(options))


def without_guide(problem: DayProblem, guide_id: UUID, kept: frozenset[tuple[UUID, UUID]]) -> DayProblem:
    """Return the day without a guide, with the pairs (departure, guide) of `kept` in the current plan."""
    return replace(
        problem,
        pairs=tuple(
            pair._replace(is_kept=(pair.departure_id, pair.guide_id) in kept)
            for pair in problem.pairs
            if pair.guide_id != guide_id
        ),
    )


def _cluster(size: Size, dice: random.Random, crowding: float) -> DayProblem:
    crew = [_guide(size.regions, dice) for _ in range(size.guides)]
    crew = [guide for guide in crew if dice.random() >= 0.24]
    departures, pairs = [], []
    for _ in range(size.departures):
        departure = _departure(dice, crowding)
        region, activity = dice.randrange(size.regions), dice.randrange(ACTIVITIES)
        language = dice.randrange(LANGUAGES) if dice.random() < 0.25 else None
        able = [guide for guide in crew if guide.may_go(region, activity, language, departure)]
        departures.append(departure)
        pairs.append([guide.as_pair(departure, dice) for guide in able])
    kept = set(_published(departures, pairs, dice))
    gone = {guide.id for guide in crew if dice.random() < 0.05}
    remaining = tuple(
        pair._replace(is_kept=(pair.departure_id, pair.guide_id) in kept)
        for of_departure in pairs
        for pair in of_departure
        if pair.guide_id not in gone
    )
    return DayProblem(tuple(departures), remaining)


def _guide(regions: int, dice: random.Random) -> _Guide:
    home = dice.randrange(regions)
    second = {dice.randrange(regions)} if dice.random() < 0.2 else set()
    shift = dice.random()
    early, late = -DAY_MINUTES, 3 * DAY_MINUTES
    if dice.random() < 0.5:  # came home late yesterday
        early = dice.randrange(15 * 60, 22 * 60) + REST_MINUTES - DAY_MINUTES
    return _Guide(
        id=_id(dice),
        regions=frozenset({home, *second}),
        activities=frozenset(led for led in dice.sample(range(ACTIVITIES), dice.randint(2, 5)) if dice.random() < 0.85),
        languages=frozenset(dice.sample(range(LANGUAGES), dice.randint(1, 3))),
        capacity=dice.choice(CAPACITIES),
        rating=dice.uniform(0.4, 1.0),
        hours_ahead=dice.randint(-12, 12),
        free_from=12 * 60 if shift < 0.08 else early,
        free_until=13 * 60 if shift > 0.92 else late,
    )


def _departure(dice: random.Random, crowding: float) -> Departure:
    starts_at = dice.randrange(390, 1081, 15)
    duration = dice.choice((180, 240, 300, 420, 480, 600))
    if dice.random() < 0.1:
        duration = dice.choice((1, 2)) * DAY_MINUTES + 300
    return Departure(_id(dice), starts_at, starts_at + duration, _group(dice, crowding))


def _group(dice: random.Random, crowding: float) -> int:
    return min(42, max(2, round(dice.lognormvariate(2.56, 0.5) * crowding)))


def _published(
    departures: Sequence[Departure], pairs: Sequence[Sequence[EligiblePair]], dice: random.Random
) -> Iterator[tuple[UUID, UUID]]:
    """Yield the pairs with which 60 % of the departures were published: feasible teams, not optimal ones."""
    taken: dict[UUID, list[Departure]] = {}
    for departure, candidates in zip(departures, pairs, strict=True):
        if dice.random() >= 0.6:
            continue
        free = [
            pair for pair in candidates if not any(_overlap(departure, other) for other in taken.get(pair.guide_id, ()))
        ]
        team = sorted(dice.sample(free, min(len(free), 6)), key=lambda pair: -pair.capacity)[:LARGEST_TEAM]
        while len(team) > 1 and sum(pair.capacity for pair in team[:-1]) >= departure.guests:
            team.pop()
        if sum(pair.capacity for pair in team) < departure.guests:
            continue
        for pair in team:
            taken.setdefault(pair.guide_id, []).append(departure)
            yield departure.id, pair.guide_id


def _overlap(first: Departure, second: Departure) -> bool:
    return (
        first.starts_at < second.ends_at + TURNAROUND_MINUTES and second.starts_at < first.ends_at + TURNAROUND_MINUTES
    )


def _id(dice: random.Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)
