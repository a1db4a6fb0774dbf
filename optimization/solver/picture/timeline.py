"""A timeline as SVG: the unstaffed lane first, then a lane for each guide, hours across."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from optimization.solver.picture.values import MINUTES_PER_DAY, MINUTES_PER_HOUR, PicturedDeparture, Timeline, clock

WIDTH, NAMES_WIDTH, HEAD_HEIGHT = 1120, 170, 26
LANE_HEIGHT, BAR_HEIGHT, PADDING = 32, 24, 6
MOST_TICKS = 18


class Lane(NamedTuple):
    """A row: its name and the departures in it, side by side in as many `tracks` as they overlap."""

    name: str
    tracks: tuple[tuple[PicturedDeparture, ...], ...]
    is_unstaffed: bool = False


class Window(NamedTuple):
    """The hours that are drawn, in minutes."""

    first: int
    last: int

    def x(self, minute: int) -> float:
        within = min(max(minute, self.first), self.last)
        share = (within - self.first) / (self.last - self.first)
        return round(NAMES_WIDTH + share * (WIDTH - NAMES_WIDTH), 1)


def lanes_of(departures: Iterable[PicturedDeparture]) -> tuple[Lane, ...]:
    """Return the lane of departures without a team, if there are any, then the guides' by name."""
    ordered = sorted(departures, key=lambda departure: (departure.starts_at, departure.ends_at, departure.name))
    unstaffed = [departure for departure in ordered if not departure.team]
    guides = sorted({guide for departure in ordered for guide in departure.team})
    lanes = [Lane("Nobody", _tracks(unstaffed), is_unstaffed=True)] if unstaffed else []
    for guide in guides:
        led = [departure for departure in ordered if guide in departure.team]
        lanes.append(Lane(guide.name, _tracks(led)))
    return tuple(lanes)


def window_of(departures: Sequence[PicturedDeparture]) -> Window:
    """Return whole hours with every start; what ends after the day of the last start reaches over the edge."""
    starts = [departure.starts_at for departure in departures]
    first = min(starts) // MINUTES_PER_HOUR * MINUTES_PER_HOUR
    midnight = (max(starts) // MINUTES_PER_DAY + 1) * MINUTES_PER_DAY
    last = max(min(departure.ends_at, midnight) for departure in departures)
    return Window(first, max(-(-last // MINUTES_PER_HOUR) * MINUTES_PER_HOUR, first + MINUTES_PER_HOUR))


def timeline_svg(timeline: Timeline) -> Element:
    """Return the picture of a timeline that has departures; the table beside it says the same in words."""
    lanes, window = lanes_of(timeline.departures), window_of(timeline.departures)
    height = HEAD_HEIGHT + sum(LANE_HEIGHT * len(lane.tracks) for lane in lanes)
    svg = Element(
        "svg", {"viewBox": f"0 0 {WIDTH} {height}", "role": "img", "aria-label": f"{timeline.title}, timeline"}
    )
    top = HEAD_HEIGHT
    for lane in lanes:
        _draw_lane(svg, lane, window, top)
        top += LANE_HEIGHT * len(lane.tracks)
    _draw_hours(svg, window, height)
    for departure, left_top in _places(lanes):
        _draw_bar(svg, departure, window, left_top)
    return svg


def _tracks(departures: Iterable[PicturedDeparture]) -> tuple[tuple[PicturedDeparture, ...], ...]:
    tracks: list[list[PicturedDeparture]] = []
    for departure in departures:
        free = next((track for track in tracks if track[-1].ends_at <= departure.starts_at), None)
        if free is None:
            tracks.append([departure])
        else:
            free.append(departure)
    return tuple(map(tuple, tracks))


def _places(lanes: Iterable[Lane]) -> Iterator[tuple[PicturedDeparture, int]]:
    """Yield every bar with its upper edge."""
    tracks = [track for lane in lanes for track in lane.tracks]
    for index, track in enumerate(tracks):
        for departure in track:
            yield departure, HEAD_HEIGHT + LANE_HEIGHT * index + (LANE_HEIGHT - BAR_HEIGHT) // 2


def _draw_lane(svg: Element, lane: Lane, window: Window, top: int) -> None:
    height = LANE_HEIGHT * len(lane.tracks)
    kind = "lane unstaffed" if lane.is_unstaffed else "lane"
    place = {"x": "0", "y": str(top), "width": str(WIDTH), "height": str(height)}
    SubElement(svg, "rect", {"class": kind} | place)
    names = SubElement(svg, "svg", place | {"width": str(NAMES_WIDTH - PADDING)})
    _text(names, lane.name, PADDING, LANE_HEIGHT // 2 + 5, "name")


def _draw_hours(svg: Element, window: Window, height: int) -> None:
    hours = (window.last - window.first) // MINUTES_PER_HOUR
    step = next(step for step in (1, 2, 3, 6, 12, 24, hours) if hours / step <= MOST_TICKS)
    for minute in range(window.first, window.last, step * MINUTES_PER_HOUR):
        x = str(window.x(minute))
        SubElement(svg, "line", {"class": "hour", "x1": x, "x2": x, "y1": str(HEAD_HEIGHT), "y2": str(height)})
        _text(svg, clock(minute), window.x(minute) + 2, HEAD_HEIGHT - 9, "tick")


def _draw_bar(svg: Element, departure: PicturedDeparture, window: Window, top: int) -> None:
    left, right = window.x(departure.starts_at), window.x(departure.ends_at)
    width = str(round(max(right - left - 1, 4), 1))
    bar = SubElement(svg, "svg", {"x": str(left), "y": str(top), "width": width, "height": str(BAR_HEIGHT)})
    title = SubElement(bar, "title")
    title.text = f"{departure.name}, {departure.hours}, {departure.seats} guests: {departure.leaders}"
    kind = "bar" if departure.team else "bar unstaffed"
    # What reaches over the edge is drawn beyond it, and so has no rounded end there.
    drawn = width if departure.ends_at <= window.last else str(float(width) + PADDING)
    SubElement(bar, "rect", {"class": kind, "width": drawn, "height": str(BAR_HEIGHT), "rx": "4"})
    _text(bar, f"{departure.name} {departure.seats}", PADDING, BAR_HEIGHT // 2 + 4, kind.replace("bar", "label"))


def _text(parent: Element, words: str, x: float, y: float, kind: str) -> None:
    text = SubElement(parent, "text", {"class": kind, "x": str(x), "y": str(y)})
    text.text = words
