"""Patterns: the combinations of capacities that cover a group, whose convex hull describes a departure's teams.

Guides who are equivalent for a departure (same capacity up to the size of the group, both able to lead or both
not) form a class. A pattern counts the guides of each class in a team, as a cutting pattern counts the pieces of
each length (Gilmore & Gomory 1961); patterns are enumerated, not generated.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement


@dataclass(frozen=True, slots=True, order=True)
class GuideClass:
    """Guides who are interchangeable for covering; `available` counts them, up to a full team."""

    capacity: int
    may_lead: bool
    available: int


@dataclass(frozen=True, slots=True)
class Need:
    """The contribution to a team that is required of the guides who are not forced into it.

    `guests` are still to be covered, `places` still free. `keeps_spare`: a team may have superfluous members, as
    it must where such a team is published.
    """

    guests: int
    places: int
    needs_lead: bool
    keeps_spare: bool

    @property
    def smallest(self) -> int:
        """The least number of guides: one if no forced guide can lead, else none."""
        return int(self.needs_lead)


@lru_cache(maxsize=4096)
def smallest_patterns(
    classes: tuple[GuideClass, ...], need: Need, limit: int | None
) -> tuple[tuple[int, ...], ...] | None:
    """Return the minimal covering patterns; None if there are more than `limit` covering patterns.

    A pattern dominates another of equal size if, matched one to one, its guides have at least the same capacity;
    minimal ones dominate no other. Where a guide may take the place of one with less capacity, they describe the
    same teams as all patterns do, and are far fewer. The classes are in order of capacity, and all may lead.
    """
    count, patterns = 0, []
    capacities = [guide_class.capacity for guide_class in classes]
    for size in range(need.smallest, need.places + 1):
        for members in combinations_with_replacement(range(len(classes)), size):
            spare = sum([capacities[index] for index in members]) - need.guests
            if spare < 0 or not _has_members(classes, members):
                continue
            if not need.keeps_spare and size > need.smallest and capacities[members[0]] <= spare:
                continue
            count += 1
            if limit is not None and count > limit:
                return None
            if not _dominates_another(classes, members, spare):
                patterns.append(_counted(members, len(classes)))
    return tuple(patterns)


def _has_members(classes: tuple[GuideClass, ...], members: tuple[int, ...]) -> bool:
    """Return whether no class, of members in order, is used beyond its available guides."""
    used, previous = 0, -1
    for index in members:
        used = used + 1 if index == previous else 1
        if used > classes[index].available:
            return False
        previous = index
    return True


def _dominates_another(classes: tuple[GuideClass, ...], members: tuple[int, ...], spare: int) -> bool:
    """Return whether the group is still covered with one guide replaced by one of the next smaller class."""
    for index in {*members}:
        if (
            index
            and classes[index].capacity - classes[index - 1].capacity <= spare
            and members.count(index - 1) < classes[index - 1].available
        ):
            return True
    return False


def fewest_guides(capacities: list[int], need: Need) -> int:
    """Return a lower bound on the guides that meet `need`: largest capacities first."""
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
