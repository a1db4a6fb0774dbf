"""Which combinations of capacities can take a group: the convex description of a departure's teams.

Guides who are equal to a departure (same capacity up to the size of the group, both able to lead or both
not) form a class; a pattern says how many guides of each class a team has.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement


@dataclass(frozen=True, slots=True, order=True)
class GuideClass:
    """Guides who are interchangeable as far as covering goes; `available` counts them, up to a full team."""

    capacity: int
    may_lead: bool
    available: int


@dataclass(frozen=True, slots=True)
class Need:
    """What the guides who are not forced into a team have to add to it.

    `places` is how many of them fit, `keeps_spare` whether a team may have members whom the group does not
    need (as it must where such a team is already published).
    """

    guests: int
    places: int
    needs_lead: bool
    keeps_spare: bool

    @property
    def smallest(self) -> int:
        """How many there must be at least: one where none of the forced guides can lead, or none is forced."""
        return int(self.needs_lead)


@lru_cache(maxsize=4096)
def covering_patterns(
    classes: tuple[GuideClass, ...], need: Need, limit: int | None
) -> tuple[tuple[int, ...], ...] | None:
    """All patterns over `classes` that meet `need`, smallest teams first; None if there are over `limit`."""
    found: list[tuple[int, ...]] = []
    for size in range(need.smallest, need.places + 1):
        for members in combinations_with_replacement(range(len(classes)), size):
            team = [classes[index] for index in members]
            if not _covers(team, need) or not _are_available(team):
                continue
            if need.keeps_spare or not _has_spare(team, need):
                found.append(_counted(members, len(classes)))
            if limit is not None and len(found) > limit:
                return None
    return tuple(found)


@lru_cache(maxsize=4096)
def smallest_patterns(
    classes: tuple[GuideClass, ...], need: Need, limit: int | None
) -> tuple[tuple[int, ...], ...] | None:
    """Covering patterns that every other is above; None if there are over `limit` covering patterns.

    One is above another of as many guides if, one for one, its guides have at least as much capacity. Where
    everybody may stand in for somebody with less, these describe the same teams as all patterns do, and are far
    fewer. Every guide of `classes`, which are in the order of their capacity, may lead.
    """
    count, found = 0, []
    for size in range(need.smallest, need.places + 1):
        for members in combinations_with_replacement(range(len(classes)), size):
            spare = sum([classes[index].capacity for index in members]) - need.guests
            if spare < 0 or not _has(classes, members):
                continue
            if not need.keeps_spare and size > need.smallest and classes[members[0]].capacity <= spare:
                continue
            count += 1
            if limit is not None and count > limit:
                return None
            if not _is_above_another(classes, members, spare):
                found.append(_counted(members, len(classes)))
    return tuple(found)


def _has(classes: tuple[GuideClass, ...], members: tuple[int, ...]) -> bool:
    return all(members.count(index) <= classes[index].available for index in {*members})


def _is_above_another(classes: tuple[GuideClass, ...], members: tuple[int, ...], spare: int) -> bool:
    """Whether one of its guides could be of the next smaller class, and the group were still covered."""
    return any(
        index
        and classes[index].capacity - classes[index - 1].capacity <= spare
        and members.count(index - 1) < classes[index - 1].available
        for index in {*members}
    )


def fewest_guides(capacities: list[int], need: Need) -> int:
    """A lower bound on the guides that `need` takes: the largest capacities first."""
    covered, count = 0, 0
    for capacity in sorted(capacities, reverse=True):
        if covered >= need.guests:
            break
        covered += capacity
        count += 1
    return max(count, need.smallest)


def _counted(members: tuple[int, ...], classes: int) -> tuple[int, ...]:
    pattern = [0] * classes
    for index in members:
        pattern[index] += 1
    return tuple(pattern)


def _are_available(team: list[GuideClass]) -> bool:
    """Whether each class has as many guides as the team, whose classes are in order, takes of it."""
    in_a_row, before = 0, None
    for one in team:
        in_a_row = in_a_row + 1 if one is before else 1
        if in_a_row > one.available:
            return False
        before = one
    return True


def _covers(team: list[GuideClass], need: Need) -> bool:
    covered, is_led = 0, not need.needs_lead
    for one in team:
        covered += one.capacity
        is_led = is_led or one.may_lead
    return is_led and covered >= need.guests


def _has_spare(team: list[GuideClass], need: Need) -> bool:
    """Whether some member could stay at home."""
    return any(_covers([*team[:place], *team[place + 1 :]], need) for place in range(len(team)))
