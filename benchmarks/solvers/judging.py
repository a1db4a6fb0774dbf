"""Independent evaluation of plans, for every solver alike: objectives and broken rules."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from optimization.solver.problem import TURNAROUND_MINUTES, DayProblem, Departure

GUESTS_WEIGHT = 1_000_000
KEPT_WEIGHT = 4_000

GuidesByDeparture = Mapping[UUID, tuple[UUID, ...]]


@dataclass(frozen=True, slots=True)
class Worth:
    """The objectives, all to be minimised: guests lost, kept pairs dropped, loss."""

    lost: int
    dropped: int
    loss: int

    @property
    def weighted(self) -> int:
        """The weighted sum that every solver minimises."""
        return GUESTS_WEIGHT * self.lost + KEPT_WEIGHT * self.dropped + self.loss


def worth_of(problem: DayProblem, teams: GuidesByDeparture) -> Worth:
    """Return the objectives of a plan, from the plan alone. Raises ValueError if it breaks a rule."""
    broken = list(broken_rules(problem, teams))
    if broken:
        raise ValueError(f"{len(broken)} rules are broken: {broken[0]}")
    chosen = {(departure_id, guide_id) for departure_id, team in teams.items() for guide_id in team}
    pairs = [pair for pair in problem.pairs if (pair.departure_id, pair.guide_id) in chosen]
    return Worth(
        lost=sum(
            departure.priority * max(departure.guests, 1)
            for departure in problem.departures
            if departure.id not in teams
        ),
        dropped=sum(pair.is_kept for pair in problem.pairs) - sum(pair.is_kept for pair in pairs),
        loss=sum(1 + 1000 - pair.score + pair.price for pair in pairs),
    )


def broken_rules(problem: DayProblem, teams: GuidesByDeparture) -> Iterator[str]:
    """Yield guides who are not eligible, teams too large or too small, and guides in two places."""
    capacity = {(pair.departure_id, pair.guide_id): pair.capacity for pair in problem.pairs}
    for departure in problem.departures:
        team = teams.get(departure.id)
        if team is not None:
            yield from _broken_by_team(departure, team, capacity)
    yield from _clashes(problem, teams)


def _broken_by_team(
    departure: Departure, team: tuple[UUID, ...], capacity: Mapping[tuple[UUID, UUID], int]
) -> Iterator[str]:
    if not 1 <= len(set(team)) == len(team) <= departure.largest_team:
        yield f"{departure.id} has a team of {len(team)}"
    if any((departure.id, guide_id) not in capacity for guide_id in team):
        yield f"a guide may not go on {departure.id}"
    elif sum([capacity[departure.id, guide_id] for guide_id in team]) < departure.guests:
        yield f"{departure.id} has too few guides"


def _clashes(problem: DayProblem, teams: GuidesByDeparture) -> Iterator[str]:
    busy: defaultdict[UUID, list[Departure]] = defaultdict(list)
    for departure in sorted(problem.departures, key=lambda departure: departure.starts_at):
        for guide_id in teams.get(departure.id, ()):
            busy[guide_id].append(departure)
    for guide_id, departures in busy.items():
        for earlier, later in pairwise(departures):
            if later.starts_at < earlier.ends_at + TURNAROUND_MINUTES:
                yield f"{guide_id} is on {earlier.id} and {later.id} at once"
