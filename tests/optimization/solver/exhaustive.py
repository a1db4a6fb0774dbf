"""The best plan of a small day by trying all of them, and the hard rules written a second time.

Nothing of the solver is used here but the values that it takes and gives.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from uuid import UUID

from optimization.solver.problem import DayProblem, Departure, EligiblePair, Location

Figure = tuple[int, int, int, int]
Teams = Mapping[UUID, tuple[EligiblePair, ...]]


def best_figure(problem: DayProblem) -> Figure:
    """Departures held for their pinned guides, guests, kept, loss (negative) of the best plan."""
    choices = [(departure, _legal_teams(problem, departure)) for departure in problem.departures]
    hopes = [(0, 0, 0, 0)]
    for departure, teams in reversed(choices):
        hopes.append(_add(hopes[-1], max([_figure(departure, team) for team in teams] + [(0, 0, 0, 0)])))
    hopes.reverse()
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
            if _add(figure, hopes[index + 1]) > best and not list(_clashes(problem, tried)):
                extend(index + 1, figure, tried)
        extend(index + 1, so_far, teams)

    extend(0, best, {})
    return best


def best_moves_and_figure(problem: DayProblem, max_changes: int) -> tuple[int, Figure]:
    """How many people more than allowed any plan moves, and the best figure of the plans that move no more."""
    for over in range(len(problem.pairs) + 1):
        best = _best_figure_moving(problem, max_changes + over)
        if best is not None:
            return over, best
    raise AssertionError("Even leaving every departure unstaffed moves too many.")


def moved_guides(problem: DayProblem, teams: Teams) -> set[UUID]:
    """Who is on other departures than now."""
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
    """What a plan does that no plan may."""
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


def _add(one: Figure, other: Figure) -> Figure:
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3])


def _clashes(problem: DayProblem, teams: Teams) -> Iterator[str]:
    staffed = [departure for departure in problem.departures if departure.id in teams]
    for one, other in combinations(staffed, 2):
        shared = {p.guide_id for p in teams[one.id]} & {p.guide_id for p in teams[other.id]}
        first, second = sorted((one, other), key=lambda departure: departure.starts_at)
        if shared and second.starts_at < first.ends_at + 30:
            yield f"{first.id} and {second.id} share {len(shared)} guides"
    for location in problem.locations:
        here = [departure for departure in staffed if departure.location_id == location.id]
        for arriving in here:
            if arriving.guests and _most_people(location, here, arriving) > location.capacity:
                yield f"{location.id} is too full for {arriving.id}"


def _most_people(location: Location, here: list[Departure], during: Departure) -> int:
    visits = [(one.starts_at, one.ends_at, one.guests) for one in here]
    visits += [(load.starts_at, load.ends_at, load.people) for load in location.loads]
    return max(
        sum(people for starts_at, ends_at, people in visits if starts_at <= minute < ends_at)
        for minute in range(during.starts_at, during.ends_at)
    )
