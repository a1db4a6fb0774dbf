"""What a page of plans shows, as immutable values of texts and minutes.

Times are whole minutes of a clock on the wall since 00:00 of the first day shown; people are counted in heads.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from optimization.solver.solution import Objectives

MINUTES_PER_HOUR, MINUTES_PER_DAY = 60, 1440


class PicturedGuide(NamedTuple):
    """A guide; `key` tells namesakes apart."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class PicturedDeparture:
    """A departure with its team, the lead first, or with the `reason` for none.

    `capacity` is None where the number of places is unknown. `remark` is what to know of the team.
    """

    name: str
    starts_at: int
    ends_at: int
    guests: int
    capacity: int | None = None
    team: tuple[PicturedGuide, ...] = ()
    reason: str = ""
    remark: str = ""

    @property
    def hours(self) -> str:
        return f"{clock(self.starts_at)}\u2013{clock(self.ends_at)}"

    @property
    def seats(self) -> str:
        """The guests, of how many places where that is known: "8 / 12"."""
        return str(self.guests) if self.capacity is None else f"{self.guests} / {self.capacity}"

    @property
    def leaders(self) -> str:
        """Who leads it, with the remark; or that nobody does, and why."""
        if not self.team:
            return f"Nobody: {self.reason}"
        names = ", ".join(guide.name for guide in self.team)
        return f"{names} ({self.remark})" if self.remark else names


@dataclass(frozen=True, slots=True)
class Timeline:
    """Departures by the clocks of one place."""

    title: str
    departures: tuple[PicturedDeparture, ...]


class Level(NamedTuple):
    """An objective as attained, and its bound: no plan is better than that. The bound is None where none is known."""

    name: str
    attained: int
    bound: int | None


@dataclass(frozen=True, slots=True)
class PicturedDay:
    """A plan: its timelines, objectives in their order, totals as label and value, and further remarks."""

    title: str
    timelines: tuple[Timeline, ...]
    levels: tuple[Level, ...] = ()
    totals: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


def clock(minute: int) -> str:
    """Return the time on the wall, with the days after the first: "08:30", "15:00 +1"."""
    days, of_day = divmod(minute, MINUTES_PER_DAY)
    hour, rest = divmod(of_day, MINUTES_PER_HOUR)
    return f"{hour:02d}:{rest:02d}" + (f" {days:+d}" if days else "")


def levels_of(attained: Objectives, bounds: Objectives | None) -> tuple[Level, ...]:
    """Return the objectives with their names, in the order in which they count."""
    names = ("Guests served, by priority (more is better)", "Assignments kept (more)", "Loss of quality (less)")
    of_bounds: Iterable[int | None] = bounds or (None, None, None)
    return tuple(map(Level, names, attained, of_bounds))
