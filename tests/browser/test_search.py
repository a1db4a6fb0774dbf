"""The search box by keyboard alone: a slash, a name without its accents, an arrow, and there."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.factories import TOMORROW, DepartureFactory
from tests.scheduling.writes import put

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120), pytest.mark.usefixtures("siblings")]


def type_into_box(page: Page, opener: str, text: str) -> None:
    page.keyboard.press(opener)
    expect(page.locator("#console-search")).to_be_focused()
    page.keyboard.type(text)


def test_a_departure_is_found_and_opened_by_keyboard(person: Person) -> None:
    key = uuid4()
    put({key: DepartureFactory(trip_name="Sentier des Érables")})
    page = person()
    page.goto("/admin/handover/")

    type_into_box(page, "/", "erables")
    expect(page.locator(".nq-list a").first).to_contain_text("Sentier des Érables")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/admin/board/{TOMORROW}/departures/{key}/")


def test_escape_closes_the_list_and_enter_opens_the_page_of_all(person: Person) -> None:
    put({uuid4(): DepartureFactory(trip_name="Rim walk")})
    page = person()
    page.goto("/admin/handover/")

    type_into_box(page, "Control+k", "rim")
    expect(page.locator(".nq-list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".nq-list")).to_be_hidden()
    page.keyboard.press("Enter")

    page.wait_for_url("**/admin/find/?q=rim")
    expect(page.locator("main")).to_contain_text("Rim walk")
