"""All patterns of a departure, and its cheapest team by them: the oracle of what the solver leaves out."""

from itertools import combinations_with_replacement

from optimization.solver.cheapest_team import Cost
from optimization.solver.patterns import GuideClass, Need
from optimization.solver.staffing import Staffing


def covering_patterns(classes: tuple[GuideClass, ...], need: Need) -> tuple[tuple[int, ...], ...]:
    """Return all patterns over `classes` that meet `need`, smallest teams first."""
    patterns: list[tuple[int, ...]] = []
    for size in range(need.smallest, need.places + 1):
        for members in combinations_with_replacement(range(len(classes)), size):
            team = [classes[index] for index in members]
            if not _covers(team, need) or not _are_available(team):
                continue
            if need.keeps_spare or not _has_spare(team, need):
                patterns.append(_counted(members, len(classes)))
    return tuple(patterns)


def cheapest_cost(staffing: Staffing, cost: Cost) -> int | None:
    """Return the least total cost of a team, the forced pairs left out; None if there is no team."""
    classes = staffing.classes(staffing.free)
    costs = [sorted(cost(pair) for pair in members) for members in classes.values()]
    return min(
        (
            sum(amount for ranked, count in zip(costs, pattern, strict=True) for amount in ranked[:count])
            for pattern in covering_patterns(tuple(classes), staffing.need)
        ),
        default=None,
    )


def _counted(members: tuple[int, ...], classes: int) -> tuple[int, ...]:
    return tuple(members.count(index) for index in range(classes))


def _are_available(team: list[GuideClass]) -> bool:
    """Return whether no class, in a team that is in order of classes, is used beyond its available guides."""
    used, previous = 0, None
    for guide_class in team:
        used = used + 1 if guide_class is previous else 1
        if used > guide_class.available:
            return False
        previous = guide_class
    return True


def _covers(team: list[GuideClass], need: Need) -> bool:
    covered, is_led = 0, not need.needs_lead
    for guide_class in team:
        covered += guide_class.capacity
        is_led = is_led or guide_class.may_lead
    return is_led and covered >= need.guests


def _has_spare(team: list[GuideClass], need: Need) -> bool:
    """Return whether some member is superfluous."""
    return any(_covers([*team[:place], *team[place + 1 :]], need) for place in range(len(team)))
