"""The board in a browser: seen by everybody, worked by keyboard and by drag, and fresh without losing the place."""

import re

import pytest
from django.utils import translation
from django.utils.formats import date_format
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Person
from tests.browser.pages import Journal
from tests.conflicts.planned import PlannedDay, plan_a_day
from tests.scheduling.writes import change
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    """A planned day with a departure whose lead is away, and one that nobody leads."""
    planned = plan_a_day(siblings)
    planned.send_lead_away(planned.staffed()[0])
    change(planned.staffed()[-1], planned.day, team=[])
    return planned


def opened(page: Page, planned: PlannedDay, view: str = "timeline") -> Page:
    page.goto(f"/admin/board/?date={planned.day}&view={view}")
    if view == "timeline":
        expect(page.locator("[data-bar]").first).to_be_visible()
    return page


def test_the_table_can_be_seen_heard_and_worked_by_everybody_as_the_timeline_can(
    person: Person, planned: PlannedDay
) -> None:
    assert violations(opened(person(), planned, "table")) == []


def test_the_most_urgent_departure_is_opened_by_two_keys_and_closed_by_one(person: Person, planned: PlannedDay) -> None:
    page = opened(person("Dispatcher"), planned)
    address = page.url

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#departure-panel")).to_be_visible()
    expect_all_loaded(page)
    assert f"/admin/board/{planned.day}/departures/" in page.url
    page.keyboard.press("Escape")

    expect(page.locator("#departure-panel")).to_have_count(0)
    expect(page.locator("[data-problem]").first).to_be_focused()
    assert page.url == address


def test_arrows_go_from_bar_to_bar_and_tab_comes_to_one_of_them(person: Person, planned: PlannedDay) -> None:
    page = opened(person("Dispatcher"), planned)
    stop = page.locator('[data-bar][tabindex="0"]')
    expect(stop).to_have_count(1)
    first = stop.get_attribute("data-bar")

    stop.focus()
    page.keyboard.press("ArrowDown")

    expect(stop).to_have_count(1)
    expect(stop).to_be_focused()
    assert stop.get_attribute("data-bar") != first


def test_a_dragged_bar_is_told_the_rules_and_dropped_opens_the_departure_with_that_guide_and_saves_nothing(
    person: Person, planned: PlannedDay
) -> None:
    page = opened(person("Dispatcher"), planned)
    bar = page.locator(".nb-timeline .vis-group.nb-lane-guide [data-bar]").first
    lanes = page.locator(".nb-timeline .vis-foreground .vis-group.nb-lane-guide")
    other = next(box for box in map(box_of, lanes.all()) if abs(box["y"] - box_of(bar)["y"]) > 40)
    before = planned.departures

    begin = box_of(bar)
    page.mouse.move(begin["x"] + 12, begin["y"] + 8)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(begin["x"] + 12, begin["y"] + 8 + (other["y"] - begin["y"]) * step / 8)
    expect(page.locator(".nb-drag")).to_be_visible()
    expect(page.locator(".nb-lane-can, .nb-lane-cannot")).not_to_have_count(0)
    page.mouse.up()
    expect(page.locator(".nb-drag, .nb-lane-can, .nb-lane-cannot")).to_have_count(0)

    page.wait_for_url("**/departures/**?guide=*")
    assert planned.departures == before


def test_a_change_comes_by_itself_and_the_focus_stays(person: Person, planned: PlannedDay) -> None:
    page = opened(person("Dispatcher"), planned, "table")
    key = planned.staffed()[1]
    row = page.locator(f"#row-{key}")
    row.focus()

    change(key, planned.day, trip_name="Renamed by a colleague")
    page.evaluate("document.dispatchEvent(new CustomEvent('board:changed'))")

    expect(row).to_have_text("Renamed by a colleague")
    expect(row).to_be_focused()


def test_a_board_that_cannot_be_refreshed_says_since_when_until_it_can(
    person: Person, planned: PlannedDay, journal: Journal
) -> None:
    page = opened(person("Dispatcher"), planned, "table")
    note = page.locator("#not-refreshed")
    expect(note).to_be_hidden()

    page.context.set_offline(True)
    page.evaluate("document.dispatchEvent(new CustomEvent('board:changed'))")
    expect(note).to_contain_text(re.compile(r"Not refreshed since \d\d:\d\d: the service does not answer"))

    page.context.set_offline(False)
    page.evaluate("document.dispatchEvent(new CustomEvent('board:changed'))")
    expect(note).to_be_hidden(timeout=30_000)
    # htmx says in the console, too, that its part did not come.
    journal.problems[:] = [problem for problem in journal.problems if "htmx:" not in problem]


def expect_all_loaded(page: Page) -> None:
    """What is asked for after the panel is there, too."""
    expect(page.locator("#departure-panel")).to_be_visible()
    expect(page.locator("#departure-panel [data-load], #departure-panel [aria-busy]")).to_have_count(0)


def box_of(element: Locator) -> FloatRect:
    box = element.bounding_box()
    assert box
    return box


def test_the_days_of_the_timeline_are_named_in_the_language_of_the_page(person: Person, planned: PlannedDay) -> None:
    page = person("Dispatcher")
    page.set_extra_http_headers({"accept-language": "es"})
    opened(page, planned)

    shown = " ".join(page.locator(".vis-text.vis-major").all_text_contents())

    with translation.override("es"):
        assert f"{planned.day.day} {date_format(planned.day, 'M').lower()}" in shown.lower()
