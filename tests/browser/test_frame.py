"""The frame around every page, by keyboard."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from conflicts.detection import Severity
from tests.browser.axe import violations
from tests.browser.conftest import Person
from tests.conflicts.factories import conflict_of

pytestmark = pytest.mark.django_db(transaction=True)


def tab_to(page: Page, name: str, *, role: Literal["button", "link", "combobox"] = "button", most: int = 80) -> None:
    """Press Tab until the control of this accessible name has the focus."""
    target = page.get_by_role(role, name=name, exact=role != "button")
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{name} is not reached by Tab.")


def test_the_first_tab_leads_past_the_navigation(person: Person) -> None:
    page = person("Auditor")
    page.goto("/admin/scheduling/schedulerequest/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#content")).to_be_focused()


def test_the_theme_is_switched_from_the_profile_menu_by_keyboard(person: Person) -> None:
    page = person("Auditor")
    page.goto("/admin/")
    tab_to(page, "Profile menu")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Dark")).to_be_visible()
    tab_to(page, "Dark")

    page.keyboard.press("Space")

    expect(page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Profile menu")).to_be_focused()
    expect(page.get_by_role("button", name="Dark")).to_be_hidden()


def test_the_language_is_chosen_in_the_profile_menu_by_keyboard(person: Person) -> None:
    page = person("Auditor")
    page.goto("/admin/board/")
    tab_to(page, "Profile menu")
    page.keyboard.press("Enter")
    expect(page.locator("#profile-menu")).to_be_visible()
    tab_to(page, "español")

    page.keyboard.press("Enter")

    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page).to_have_url(re.compile(r"/admin/board/$"))
    page.get_by_role("button", name="Menú del perfil").click()
    expect(page.get_by_role("button", name="español")).to_have_attribute("aria-pressed", "true")
    assert violations(page, within="#profile-menu") == []


def test_a_list_is_filtered_by_keyboard_and_escape_returns(person: Person) -> None:
    page = person("Auditor", width=820)
    page.goto("/admin/scheduling/schedulerequest/")
    tab_to(page, "Filters")

    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Close the filters")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Filters", exact=True)).to_be_focused()
    expect(page.locator("#changelist-filter")).to_be_hidden()


def test_a_page_is_chosen_in_the_navigation_and_a_filter_on_it_by_keyboard_and_the_focus_stays(person: Person) -> None:
    conflict_of(severity=Severity.HIGH)
    conflict_of(severity=Severity.LOW, description="One guest too many.")
    page = person("Auditor")
    page.goto("/admin/")
    tab_to(page, "Conflicts", role="link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2 open conflicts")).to_be_visible()
    tab_to(page, "Severity", role="combobox")

    page.keyboard.type("Low")

    expect(page).to_have_url(re.compile("severity=LOW"))
    expect(page.get_by_role("heading", name="1 open conflict", exact=True)).to_be_visible()
    expect(page.get_by_label("Severity")).to_be_focused()


def test_the_navigation_of_a_narrow_window_opens_and_closes_by_keyboard(person: Person) -> None:
    page = person("Auditor", width=390)
    page.goto("/admin/")
    tab_to(page, "Navigation")

    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Close the navigation")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="Daily schedules")).to_be_hidden()


def test_what_is_ticked_in_a_list_is_acted_upon_by_keyboard(person: Person) -> None:
    conflict_of()
    page = person("Dispatcher")
    page.goto("/admin/conflicts/scheduleconflict/")
    page.locator("input.action-select").focus()
    page.keyboard.press("Space")
    page.locator("select[name=action]").focus()
    page.keyboard.type("Resolve with")
    tab_to(page, "Run")

    page.keyboard.press("Enter")

    expect(page.locator("form[action$='/review/together/']")).to_be_visible()
    assert violations(page) == []
