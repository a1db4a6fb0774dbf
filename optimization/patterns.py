"""Which combinations of capacities can take a group: the convex description of a departure's teams.

Guides who are equal to a departure (same capacity up to the size of the group, both able to lead or both
not) form a class; a pattern says how many guides of each class a team has.
"""

from collections.abc import Iterator
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
        for pattern in _patterns_of_size(classes, size):
            if not _covers(classes, pattern, need):
                continue
            if need.keeps_spare or not _has_spare(classes, pattern, need):
                found.append(pattern)
            if limit is not None and len(found) > limit:
                return None
    return tuple(found)


def fewest_guides(capacities: list[int], need: Need) -> int:
    """A lower bound on the guides that `need` takes: the largest capacities first."""
    covered, count = 0, 0
    for capacity in sorted(capacities, reverse=True):
        if covered >= need.guests:
            break
        covered += capacity
        count += 1
    return max(count, need.smallest)


def _patterns_of_size(classes: tuple[GuideClass, ...], size: int) -> Iterator[tuple[int, ...]]:
    for members in combinations_with_replacement(range(len(classes)), size):
        pattern = [0] * len(classes)
        for index in members:
            pattern[index] += 1
        if all(count <= one.available for count, one in zip(pattern, classes, strict=True)):
            yield tuple(pattern)


def _covers(classes: tuple[GuideClass, ...], pattern: tuple[int, ...], need: Need) -> bool:
    members = [(count, one) for count, one in zip(pattern, classes, strict=True) if count]
    if need.needs_lead and not any(one.may_lead for _, one in members):
        return False
    return need.guests <= sum([count * one.capacity for count, one in members])


def _has_spare(classes: tuple[GuideClass, ...], pattern: tuple[int, ...], need: Need) -> bool:
    """Whether some member could stay at home."""
    for index, count in enumerate(pattern):
        without = (*pattern[:index], count - 1, *pattern[index + 1 :])
        if count and _covers(classes, without, need):
            return True
    return False
