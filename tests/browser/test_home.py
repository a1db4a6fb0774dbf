"""The home page refreshes itself under somebody's hands, and says so where it cannot."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from novatrek_scheduling.console.days import company_day
from tests.browser.conftest import Person
from tests.browser.pages import Journal
from tests.factories import DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.board.days import store_day
from tests.novatrek_scheduling.console.home.days import conflict_about

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("siblings")]


def look_again(page: Page) -> None:
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_what_came_up_is_shown_and_nobody_loses_their_place(person: Person) -> None:
    today, key = company_day(), uuid4()
    departure = DepartureFactory(team=[TeamMemberFactory()], trip_name="Canyon descent")
    store_day({key: departure}, today)
    page = person("Dispatcher")
    page.goto("/admin/")
    page.get_by_text("As a table").click()
    page.locator("#home-today-board").focus()

    conflict_about(key, departure, today)
    look_again(page)

    expect(page.locator("#home-critical strong")).to_have_text("1")
    expect(page.locator("#home-today-board")).to_be_focused()
    expect(page.locator("#trend-table table")).to_be_visible()


def test_a_page_that_cannot_be_refreshed_says_that_it_is_old(person: Person, journal: Journal) -> None:
    page = person("Dispatcher")
    page.goto("/admin/")
    page.context.clear_cookies()

    look_again(page)

    expect(page.locator("#home-stale")).to_be_visible()
    expect(page.locator("#home-today")).to_be_visible()
    assert not journal.problems
