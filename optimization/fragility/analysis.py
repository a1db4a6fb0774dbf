"""The fragility of a date: what each single loss would do, and what would help. Pure."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from optimization.fragility.hedges import (
    Hedge,
    Pool,
    Shortfall,
    find_alternative_trails,
    find_extra_guides,
    find_standbys,
)
from optimization.fragility.losses import (
    Resource,
    ResourceKind,
    StandingDay,
    departures_by_resource,
    only_guides,
    stranded_by,
    without,
)
from optimization.fragility.repair import Repair, repair_at_once, repair_exactly
from optimization.solver.problem import DayProblem

MOST_FRAGILE = 5


@dataclass(frozen=True, slots=True)
class Loss:
    """What the loss of a resource would do.

    `departure_ids` use it; `lost` would have no team, whoever is called in, and `guests` are theirs. `lost_on_duty`
    would have none unless somebody is called in who is on no team that date, and `guests_on_duty` are theirs. `moved`
    are the other departures whose teams would change. Where it is not proven, `lost` may be less.
    """

    resource: Resource
    departure_ids: frozenset[UUID]
    lost: frozenset[UUID]
    guests: int
    lost_on_duty: frozenset[UUID]
    guests_on_duty: int
    moved: frozenset[UUID]
    is_proven: bool

    @property
    def is_fragile(self) -> bool:
        return bool(self.lost or self.lost_on_duty)


@dataclass(frozen=True, slots=True)
class Fragility:
    """The losses that cost guests their departure, the worst first, and the hedges, the cheapest first.

    `tried` resources were tried; `untried` are those for which the time was too short.
    """

    losses: tuple[Loss, ...]
    hedges: tuple[Hedge, ...]
    tried: int
    untried: tuple[Resource, ...] = ()

    @property
    def most_fragile(self) -> tuple[Loss, ...]:
        """The worst losses of each kind: all would be base camps otherwise, about which nobody can do much."""
        of_kinds = [[loss for loss in self.losses if loss.resource.kind is kind] for kind in ResourceKind]
        worst = {loss.resource for losses in of_kinds for loss in losses[:MOST_FRAGILE]}
        return tuple(loss for loss in self.losses if loss.resource in worst)

    @property
    def also_fragile(self) -> tuple[Loss, ...]:
        most = self.most_fragile
        return tuple(loss for loss in self.losses if loss not in most)

    @property
    def is_partial(self) -> bool:
        return bool(self.untried)


def fragility_of(day: StandingDay, pools: Iterable[Pool] = (), *, time_limit_seconds: float) -> Fragility:
    """Return what each single loss would do to the date, found within about `time_limit_seconds`.

    Losses whose repair is not proven at once are solved exactly in the time that is left, those of most guests first.
    """
    deadline = time.monotonic() + time_limit_seconds
    trials = _Trials(day)
    untried = [resource for resource in trials.users if not trials.try_in_time(resource, deadline)]
    trials.prove(deadline)
    losses = [loss for loss in map(trials.loss, trials.repairs) if loss.is_fragile]
    losses.sort(key=lambda loss: (-loss.guests, -len(loss.lost), -loss.guests_on_duty, loss.resource))
    return Fragility(tuple(losses), tuple(trials.hedges(pools)), len(trials.repairs), tuple(untried))


class _Trials:
    """The trials of losing each resource: the problem without it and its repairs, by everybody and by those on duty."""

    def __init__(self, day: StandingDay) -> None:
        self.users = departures_by_resource(day)
        self.repairs: dict[Resource, Repair] = {}
        self._day = day
        self._teams = day.teams
        self._on_duty: frozenset[UUID] = frozenset().union(*self._teams.values())
        self._guests = {departure.id: departure.guests for departure in day.problem.departures}
        self._problems: dict[Resource, DayProblem] = {}
        self._by_those_on_duty: dict[Resource, Repair] = {}

    def try_in_time(self, resource: Resource, deadline: float) -> bool:
        """Repair the loss of the resource at once; return False past the deadline."""
        if time.monotonic() > deadline:
            return False
        problem = without(self._day, resource)
        repair = repair_at_once(problem)
        self._problems[resource], self.repairs[resource] = problem, repair
        nobody_called_in = not frozenset().union(*repair.teams.values()) - self._on_duty
        self._by_those_on_duty[resource] = (
            repair if nobody_called_in else repair_at_once(only_guides(problem, self._on_duty))
        )
        return True

    def prove(self, deadline: float) -> None:
        """Solve exactly what is not proven; each loss has its share of the time left."""
        unproven = [resource for resource, repair in self.repairs.items() if not repair.is_proven]
        unproven.sort(key=lambda resource: (-self._guests_of(self.repairs[resource].lost), resource))
        for index, resource in enumerate(unproven):
            now = time.monotonic()
            share = now + (deadline - now) / (len(unproven) - index)
            self.repairs[resource] = repair_exactly(self._problems[resource], self.repairs[resource], deadline=share)

    def loss(self, resource: Resource) -> Loss:
        repair = self.repairs[resource]
        # The exact model may save, by moving several guides, what those on duty could not at once.
        lost_on_duty = self._by_those_on_duty[resource].lost | repair.lost
        changed = [key for key, guides in repair.teams.items() if guides != self._teams[key]]
        return Loss(
            resource=resource,
            departure_ids=self.users[resource],
            lost=repair.lost,
            guests=self._guests_of(repair.lost),
            lost_on_duty=lost_on_duty,
            guests_on_duty=self._guests_of(lost_on_duty),
            moved=frozenset(changed) - self.users[resource],
            is_proven=repair.is_proven,
        )

    def hedges(self, pools: Iterable[Pool]) -> Iterator[Hedge]:
        yield from find_standbys(self._shortfalls(self._by_those_on_duty), self._on_duty)
        yield from find_alternative_trails(self._day, self.repairs)
        for_want_of_guides = [
            shortfall
            for shortfall in self._shortfalls(self.repairs)
            if shortfall.repair.lost.isdisjoint(stranded_by(self._day, shortfall.resource))
        ]
        yield from find_extra_guides(for_want_of_guides, pools)

    def _shortfalls(self, repairs: Mapping[Resource, Repair]) -> list[Shortfall]:
        return [
            Shortfall(resource, self._problems[resource], repair) for resource, repair in repairs.items() if repair.lost
        ]

    def _guests_of(self, departure_ids: Iterable[UUID]) -> int:
        return sum([self._guests[departure_id] for departure_id in departure_ids])
