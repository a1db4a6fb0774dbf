"""The panel of a departure in a real browser: by keyboard, and two dispatchers at once."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Person
from tests.conflicts.planned import plan_a_day
from tests.novatrek_scheduling.console.departures.forms import panel_of
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_guide_is_assigned_by_keyboard_and_the_change_is_undone(person: Person, siblings: SimulatedSiblings) -> None:
    planned = plan_a_day(siblings)
    key = planned.staffed()[0]
    before = planned.departure(key).guide_ids
    page = opened(person("Dispatcher"), panel_of(planned.day, key))

    page.get_by_label("A chosen guide goes").select_option("beside")
    page.locator("#np-team").focus()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What it would bring about")).to_be_visible()
    assert not violations(page)
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.locator("[data-saved]")).to_contain_text("was saved")
    assert planned.departure(key).guide_ids != before

    page.locator("#np-team").focus()
    page.keyboard.press("z")
    expect(page.locator("[data-saved]")).to_contain_text("Undone")
    wait_for_guides(page)
    assert planned.departure(key).guide_ids == before

    page.keyboard.press("2")
    expect(page.locator("#np-why-said")).to_contain_text("What bounds the choice")
    assert not violations(page)


def test_two_dispatchers_on_one_departure_lose_nothing_that_they_typed(
    person: Person, siblings: SimulatedSiblings
) -> None:
    planned = plan_a_day(siblings)
    key = planned.staffed()[0]
    before = planned.departure(key)
    later = before.ends_at + timedelta(minutes=15)
    address = panel_of(planned.day, key)
    dana, eva = opened(person("Dispatcher", name="dana"), address), opened(person("Dispatcher", name="eva"), address)
    expect(eva.get_by_text("dana is on this departure, too.")).to_be_visible()
    dana.get_by_label("Places").fill("31")
    dana.get_by_label("End").fill(f"{later:%Y-%m-%dT%H:%M}")
    save(dana)
    expect(dana.locator("[data-saved]")).to_be_visible()

    eva.get_by_label("Places").fill("33")
    eva.get_by_role("checkbox", name="is pinned").first.check()
    save(eva)

    alert = eva.get_by_role("alert")
    expect(alert).to_contain_text(f"Places: {before.capacity} → 31 (dana). You entered 33, which takes its place.")
    expect(alert).to_contain_text(re.compile(rf"End: .*{later:%H:%M} \(dana\)"))
    expect(eva.get_by_label("Places")).to_have_value("33")
    expect(eva.get_by_role("checkbox", name="is pinned").first).to_be_checked()
    assert planned.departure(key).capacity == 31
    save(eva)
    expect(eva.locator("[data-saved]")).to_be_visible()
    stored = planned.departure(key)
    assert (stored.capacity, stored.ends_at, stored.team[0].pinned) == (33, later, True)
    wait_for_guides(dana)
    wait_for_guides(eva)


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    wait_for_guides(page)
    return page


def wait_for_guides(page: Page) -> None:
    """Wait for the ranking, which is loaded last: a test that ends before it leaves a request to the next one."""
    expect(page.locator("#np-guides .c-table")).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_a_change_in_the_drawer_of_the_board_is_refused_saved_and_undone_from_the_board(
    person: Person, siblings: SimulatedSiblings
) -> None:
    planned = plan_a_day(siblings)
    page = person("Dispatcher", width=820)
    page.goto(f"/admin/board/?date={planned.day}&view=table")
    page.locator("a[data-departure]").first.click()
    before, ended_at = page.get_by_label("Places").input_value(), page.get_by_label("End (").input_value()

    page.get_by_label("Places").fill("many")
    save(page)
    expect(page.get_by_label("Places")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Places")).to_have_value("many")
    page.get_by_label("Places").fill("40")
    page.get_by_label("End (").fill(f"{datetime.fromisoformat(ended_at) + timedelta(minutes=15):%Y-%m-%dT%H:%M}")
    save(page)
    expect(page.locator("[data-saved]")).to_contain_text("was saved")

    page.keyboard.press("Escape")
    expect(page.locator("#board-panel")).to_be_hidden()
    expect(page.locator("#board").get_by_role("button", name="Undo my last change")).to_be_enabled()
    page.keyboard.press("z")
    expect(page.get_by_text("Undone: ")).to_be_visible()
    page.locator("a[data-departure]").first.click()
    expect(page.get_by_label("Places")).to_have_value(before)
    expect(page.get_by_label("End (")).to_have_value(ended_at)
    wait_for_guides(page)
