"""The scores of some weeks as a line: where each point lies in a picture of `WIDTH` by `HEIGHT`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from novatrek_scheduling.console.home.trend import DAYS_AHEAD, DAYS_BEHIND, DayScore

WIDTH, HEIGHT = 360, 132
LEFT, RIGHT, TOP, BOTTOM = 24, 16, 8, 18
STEP = 10
"""The lowest score of the picture is a multiple of it: scores lie close to each other at the top."""
HIGHEST = 100
WEEK = 7


@dataclass(frozen=True, slots=True)
class Point:
    score: DayScore
    x: float
    y: float
    is_planned: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of the line, dashed where it is planned: from one date to the next that has a plan."""

    start: Point
    end: Point

    @property
    def is_planned(self) -> bool:
        return self.end.is_planned


@dataclass(frozen=True, slots=True)
class Level:
    """A height of the picture at which the score is `value`."""

    value: int
    y: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A date that is named below the line."""

    day: date
    x: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture of the scores around `today`. Its points are the days with a plan, the earliest first."""

    today: date
    points: tuple[Point, ...]
    levels: tuple[Level, ...]
    today_x: float

    width = WIDTH
    height = HEIGHT
    left = LEFT
    right = WIDTH - RIGHT
    floor = HEIGHT - BOTTOM
    top = TOP
    level_x = LEFT - 4
    dates_y = HEIGHT - 5

    @property
    def lines(self) -> list[Line]:
        return [Line(before, after) for before, after in pairwise(self.points)]

    @property
    def last(self) -> DayScore:
        return self.points[-1].score

    @property
    def dates(self) -> list[Mark]:
        """The dates that are named below: today, and each week before and after."""
        days = (self.today + timedelta(days=n) for n in range(-DAYS_BEHIND, DAYS_AHEAD + 1, WEEK))
        return [Mark(day, _x(day, self.today)) for day in days]

    @property
    def worst(self) -> DayScore:
        return min((point.score for point in self.points), key=lambda score: (score.score, score.day))

    @property
    def present(self) -> DayScore | None:
        """The plan of today."""
        return next((point.score for point in self.points if point.score.day == self.today), None)


def chart_of(scores: Sequence[DayScore], today: date) -> Chart | None:
    """Return the picture; None where there is nothing to show."""
    if not scores:
        return None
    lowest = min(int(min(score.score for score in scores)) // STEP * STEP, HIGHEST - STEP)

    def height_of(value: float) -> float:
        return round(TOP + (HIGHEST - value) / (HIGHEST - lowest) * (HEIGHT - TOP - BOTTOM), 1)

    points = tuple(
        Point(score, _x(score.day, today), height_of(score.score), is_planned=score.day > today) for score in scores
    )
    middle = (lowest + HIGHEST) // 2
    levels = tuple(Level(value, height_of(value)) for value in (HIGHEST, middle, lowest))
    return Chart(today, points, levels, _x(today, today))


def _x(day: date, today: date) -> float:
    share = ((day - today).days + DAYS_BEHIND) / (DAYS_BEHIND + DAYS_AHEAD)
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)
