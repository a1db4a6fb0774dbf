"""The parts of a brief, which the page and the command show alike."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.timesince import timesince

from novatrek_scheduling.console.counts import RowCount
from novatrek_scheduling.console.marks import Look

MOST = 40
"""The lines that a section shows; what is beyond them is counted, and is in the section's list."""
NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to know. `address` leads to where it is dealt with, if there is such a page; `look` is how urgent."""

    text: str
    detail: str = ""
    address: str = ""
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """`empty` is said where there are no lines. `count` is of all there is, the lines are the first of them.

    `address` is the list of all.
    """

    key: str
    title: str
    empty: str
    count: RowCount
    lines: tuple[Line, ...]
    address: str = ""

    @property
    def further(self) -> RowCount:
        """How many are not shown."""
        return RowCount(self.count.number - len(self.lines), self.count.has_more)


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago: "3 hours"."""
    return timesince(moment, now, depth=1).replace(NO_BREAK, " ")
