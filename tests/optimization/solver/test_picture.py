"""The page of a plan: what it shows, what it loads, what its names cannot do."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from optimization.solver.__main__ import main
from optimization.solver.picture.page import plan_page
from optimization.solver.picture.timeline import lanes_of, window_of
from optimization.solver.picture.values import (
    MINUTES_PER_DAY,
    PicturedDay,
    PicturedDeparture,
    PicturedGuide,
    Timeline,
    clock,
)

ANA, BEN = PicturedGuide("Ana", "1"), PicturedGuide("Ben", "2")
HOSTILE = "<script>alert(1)</script>"


class Page(HTMLParser):
    """The elements and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def departure(starts_at: int, ends_at: int, *team: PicturedGuide, name: str = "Canyon") -> PicturedDeparture:
    return PicturedDeparture(name, starts_at, ends_at, 7, 12, team, "" if team else "all are away")


def a_file(tmp_path: Path) -> Path:
    day = {
        "format": 1,
        "guides": [{"id": "ana", "capacity": 8}, {"id": "ben", "capacity": 6}],
        "departures": [
            {"id": "canyon", "starts_at": 480, "ends_at": 720, "guests": 4},
            {"id": HOSTILE, "starts_at": 540, "ends_at": 900, "guests": 3},
        ],
        "pairs": [{"departure": "canyon", "guide": "ana", "score": 900}],
    }
    file = tmp_path / "day.json"
    file.write_text(json.dumps(day), encoding="utf-8")
    return file


def test_the_page_of_a_file_shows_teams_gaps_with_reasons_objectives_and_totals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "plan.html"

    assert main([str(a_file(tmp_path)), "--html", str(out)]) == 0

    page = Page(out.read_text(encoding="utf-8"))
    assert {"08:00\u201312:00", "ana", "Nobody: no guide is eligible", "Without a team: 1"} <= set(page.texts)
    assert {"4 of 7", "1 of 2", "proven optimal", "Loss of quality (less)", "101"} <= set(page.texts)
    assert page.attributes["lang"] == ["en"]
    assert json.loads(capsys.readouterr().out)["status"] == "PROVEN"


def test_a_name_is_text_whatever_it_contains_and_nothing_is_loaded(tmp_path: Path) -> None:
    out = tmp_path / "plan.html"
    main([str(a_file(tmp_path)), "--html", str(out)])

    page = Page(out.read_text(encoding="utf-8"))

    assert HOSTILE in page.texts
    assert "script" not in page.tags
    assert not {"src", "href"} & set(page.attributes)
    assert "url(" not in "".join(page.texts)


def test_a_page_that_cannot_be_written_is_code_1_after_the_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(a_file(tmp_path)), "--html", str(tmp_path / "nowhere" / "plan.html")]) == 1

    printed = capsys.readouterr()
    assert json.loads(printed.out)["unstaffed"]
    assert "nowhere" in printed.err


def test_departures_without_a_team_come_first_and_overlapping_ones_are_below_each_other() -> None:
    lanes = lanes_of([departure(480, 600), departure(540, 660), departure(620, 700), departure(480, 700, BEN, ANA)])

    assert [(lane.name, len(lane.tracks)) for lane in lanes] == [("Nobody", 2), ("Ana", 1), ("Ben", 1)]


def test_namesakes_have_a_lane_each() -> None:
    lanes = lanes_of([departure(480, 600, ANA), departure(480, 600, PicturedGuide("Ana", "9"))])

    assert [lane.name for lane in lanes] == ["Ana", "Ana"]


def test_a_trip_of_several_days_reaches_over_the_edge() -> None:
    window = window_of([departure(510, 5 * MINUTES_PER_DAY, ANA), departure(600, 700, BEN)])

    assert (clock(window.first), clock(window.last)) == ("08:00", "00:00 +1")
    assert window.x(5 * MINUTES_PER_DAY) == window.x(window.last)


def test_a_departure_of_no_length_is_drawn() -> None:
    page = plan_page("Plan", "", [PicturedDay("Day", (Timeline("Here", (departure(480, 480, ANA),)),))])

    assert "Canyon 7 / 12" in page


def test_a_day_without_departures_says_so() -> None:
    assert "There are no departures." in plan_page("Plan", "", [PicturedDay("Day", (Timeline("Here", ()),))])
