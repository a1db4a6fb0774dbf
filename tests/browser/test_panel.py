"""The panel of a departure in a real browser: by keyboard, and two dispatchers at once."""

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import DailySchedule
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
    assert planned.departure(key).guide_ids == before


def test_two_dispatchers_on_one_departure_lose_nothing_that_they_typed(
    person: Person, siblings: SimulatedSiblings
) -> None:
    planned = plan_a_day(siblings)
    key = planned.staffed()[0]
    address = panel_of(planned.day, key)
    dana, eva = opened(person("Dispatcher", name="dana"), address), opened(person("Dispatcher", name="eva"), address)
    expect(eva.get_by_text("dana is on this departure, too.")).to_be_visible()
    dana.get_by_label("Places").fill("31")
    eva.locator("#np-trail").select_option("")

    save(dana)
    expect(dana.locator("[data-saved]")).to_be_visible()
    eva.get_by_label("Places").fill("33")
    save(eva)

    expect(eva.get_by_role("alert")).to_contain_text("You entered 33")
    assert capacity(planned.day, key) == 31
    save(eva)
    expect(eva.locator("[data-saved], .c-error")).to_be_visible()


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator("#np-guides .c-table")).to_be_visible()
    return page


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def capacity(day: object, key: UUID) -> int:
    return DailySchedule.objects.get(schedule_date=day).document.departures[key].capacity
