"""Lanes: the day of a guide as bars over its hours, before and after a proposal, for a picture of two rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from scheduling.domain.document import Departure

HOURS_OF_DAY = 24


@dataclass(frozen=True, slots=True)
class Tick:
    """An hour on the axis, where it is in percent."""

    hour: str
    x: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The hours that all lanes of a page have in common, by the clocks of the departures."""

    first: int
    last: int

    @classmethod
    def of(cls, departures: Iterable[Departure]) -> "Axis":
        hours = [_hours_of(departure) for departure in departures]
        first = int(min((begins for begins, _ in hours), default=0))
        last = max((-int(-ends // 1) for _, ends in hours), default=HOURS_OF_DAY)
        return cls(first, max(last, first + 1))

    @property
    def ticks(self) -> list[Tick]:
        return [Tick(f"{hour:02}", self.x(hour)) for hour in range(self.first, self.last) if hour % 2 == 0]

    def x(self, hour: float) -> str:
        """Return where an hour is on the axis: "12.5%"."""
        return f"{100 * (hour - self.first) / (self.last - self.first):.2f}%"

    def width(self, hours: float) -> str:
        return f"{100 * hours / (self.last - self.first):.2f}%"


@dataclass(frozen=True, slots=True)
class Bar:
    """A departure on a lane. `is_change`: the guide leaves or joins it."""

    x: str
    width: str
    label: str
    is_change: bool


@dataclass(frozen=True, slots=True)
class Lanes:
    """The departures of a guide, before and after."""

    before: tuple[Bar, ...]
    after: tuple[Bar, ...]


Led = Mapping[UUID, Mapping[UUID, Departure]]


@dataclass(frozen=True)
class Days:
    """The departures of a date with their teams before and after a change of plans."""

    before: Mapping[UUID, Departure]
    after: Mapping[UUID, Departure]

    @cached_property
    def axis(self) -> Axis:
        return Axis.of([*self.before.values(), *self.after.values()])

    def lanes_of(self, guide_id: UUID) -> Lanes:
        """Return the day of a guide before and after."""
        before, after = (led.get(guide_id, {}) for led in self._led)
        return Lanes(_bars(before, after, self.axis), _bars(after, before, self.axis))

    @cached_property
    def _led(self) -> tuple[Led, Led]:
        return _by_guide(self.before), _by_guide(self.after)


def _by_guide(departures: Mapping[UUID, Departure]) -> Led:
    led: defaultdict[UUID, dict[UUID, Departure]] = defaultdict(dict)
    for key, departure in departures.items():
        for guide_id in departure.guide_ids:
            led[guide_id][key] = departure
    return led


def _bars(lane: Mapping[UUID, Departure], other: Mapping[UUID, Departure], axis: Axis) -> tuple[Bar, ...]:
    bars = []
    for key, departure in sorted(lane.items(), key=lambda item: (item[1].starts_at, item[0])):
        begins, ends = _hours_of(departure)
        bars.append(Bar(axis.x(begins), axis.width(ends - begins), departure.trip_name, key not in other))
    return tuple(bars)


def _hours_of(departure: Departure) -> tuple[float, float]:
    """Return the hours of the day at which it begins and ends, by its own clock; the end at midnight at the latest."""
    begins = departure.starts_at.hour + departure.starts_at.minute / 60
    return begins, min(begins + departure.span.duration.total_seconds() / 3600, HOURS_OF_DAY)
