"""The best plan of a small day by enumeration, and the hard rules stated a second time.

Nothing of the solver is used but the values of its problems.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from uuid import UUID

from optimization.solver.problem import DayProblem, Departure, EligiblePair, Location

Figure = tuple[int, int, int, int]
Teams = Mapping[UUID, tuple[EligiblePair, ...]]


def best_figure(problem: DayProblem) -> Figure:
    """Return the staffed departures with pinned guides, guests, kept pairs and negative loss of the best plan."""
    choices = [(departure, _legal_teams(problem, departure)) for departure in problem.departures]
    bounds = [(0, 0, 0, 0)]
    for departure, teams in reversed(choices):
        bounds.append(_add(bounds[-1], max([_figure(departure, team) for team in teams] + [(0, 0, 0, 0)])))
    bounds.reverse()
    best: Figure = (0, 0, 0, 0)

    def extend(index: int, so_far: Figure, teams: dict[UUID, tuple[EligiblePair, ...]]) -> None:
        nonlocal best
        if index == len(choices):
            best = max(best, so_far)
            return
        departure, legal = choices[index]
        for team in legal:
            figure = _add(so_far, _figure(departure, team))
            tried = {**teams, departure.id: team}
            if _add(figure, bounds[index + 1]) > best and not list(_clashes(problem, tried)):
                extend(index + 1, figure, tried)
        extend(index + 1, so_far, teams)

    extend(0, best, {})
    return best


def best_moves_and_figure(problem: DayProblem, max_changes: int) -> tuple[int, Figure]:
    """Return the least number of guides reassigned beyond the limit, and the best figure of the plans with it."""
    for excess in range(len(problem.pairs) + 1):
        best = _best_figure_moving(problem, max_changes + excess)
        if best is not None:
            return excess, best
    raise AssertionError("Even the plan without teams reassigns too many guides.")


def moved_guides(problem: DayProblem, teams: Teams) -> set[UUID]:
    """Return the guides whose departures differ from the current plan's."""
    return {
        guide_id
        for departure in problem.departures
        for guide_id in _moved_by(problem, departure, teams.get(departure.id, ()))
    }


def _moved_by(problem: DayProblem, departure: Departure, team: tuple[EligiblePair, ...]) -> set[UUID]:
    now = {pair.guide_id for pair in problem.pairs if pair.departure_id == departure.id and pair.is_kept}
    return now ^ {pair.guide_id for pair in team}


def _best_figure_moving(problem: DayProblem, most: int) -> Figure | None:
    choices = [
        (departure, [(team, _moved_by(problem, departure, team)) for team in [*_legal_teams(problem, departure), ()]])
        for departure in problem.departures
    ]
    best: Figure | None = None

    def extend(index: int, so_far: Figure, moved: set[UUID], teams: dict[UUID, tuple[EligiblePair, ...]]) -> None:
        nonlocal best
        if index == len(choices):
            best = max(best or so_far, so_far)
            return
        departure, options = choices[index]
        for team, movers in options:
            tried = {**teams, departure.id: team} if team else teams
            if len(moved | movers) <= most and not (team and list(_clashes(problem, tried))):
                figure = _figure(departure, team) if team else (0, 0, 0, 0)
                extend(index + 1, _add(so_far, figure), moved | movers, tried)

    extend(0, (0, 0, 0, 0), set(), {})
    return best


def broken_rules(problem: DayProblem, teams: Teams) -> list[str]:
    """Return the violations of hard rules by a plan."""
    broken = list(_clashes(problem, teams))
    for departure in problem.departures:
        team = teams.get(departure.id, ())
        if team and not _is_legal(departure, team):
            broken.append(f"{departure.id}: illegal team of {len(team)}")
    return broken


def _legal_teams(problem: DayProblem, departure: Departure) -> list[tuple[EligiblePair, ...]]:
    pairs = [pair for pair in problem.pairs if pair.departure_id == departure.id]
    teams = [team for size in (1, 2, 3) for team in combinations(pairs, size) if _is_legal(departure, team)]
    return sorted(teams, key=lambda team: _figure(departure, team), reverse=True)


def _is_legal(departure: Departure, team: tuple[EligiblePair, ...]) -> bool:
    guides = {pair.guide_id for pair in team}
    return (
        len(team) <= departure.largest_team
        and departure.pinned_guides | departure.required_guides <= guides
        and sum(pair.capacity for pair in team) >= departure.guests
        and any(pair.may_lead for pair in team)
    )


def _figure(departure: Departure, team: tuple[EligiblePair, ...]) -> Figure:
    return (
        int(bool(departure.pinned_guides)),
        departure.priority * (departure.guests or 1),
        sum(pair.is_kept for pair in team),
        -sum(1001 - pair.score + pair.price for pair in team),
    )


def _add(first: Figure, second: Figure) -> Figure:
    return (first[0] + second[0], first[1] + second[1], first[2] + second[2], first[3] + second[3])


def _clashes(problem: DayProblem, teams: Teams) -> Iterator[str]:
    staffed = [departure for departure in problem.departures if departure.id in teams]
    for first, second in combinations(sorted(staffed, key=lambda departure: departure.starts_at), 2):
        shared = {pair.guide_id for pair in teams[first.id]} & {pair.guide_id for pair in teams[second.id]}
        if shared and second.starts_at < first.ends_at + 30:
            yield f"{first.id} and {second.id} share {len(shared)} guides"
    for location in problem.locations:
        present = [departure for departure in staffed if departure.location_id == location.id]
        for departure in present:
            if departure.guests and _most_people(location, present, departure) > location.capacity:
                yield f"{location.id} exceeds its capacity during {departure.id}"


def _most_people(location: Location, departures: list[Departure], during: Departure) -> int:
    loads = [(departure.starts_at, departure.ends_at, departure.guests) for departure in departures]
    loads += [(load.starts_at, load.ends_at, load.people) for load in location.loads]
    return max(
        sum(people for starts_at, ends_at, people in loads if starts_at <= minute < ends_at)
        for minute in range(during.starts_at, during.ends_at)
    )
