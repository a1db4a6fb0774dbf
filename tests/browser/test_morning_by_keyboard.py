"""The same morning without a mouse: no click, nobody puts the focus anywhere, one address is opened."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.hands import Hands, Tally
from tests.browser.morning import (
    ACCEPT,
    ASSIGN,
    OPTIMIZE,
    PADDLES,
    PUBLISH,
    RAFTING,
    REPLACE,
    RESCHEDULE,
    STROLL,
    TAKE_BACK,
    WALK,
    WHY,
    Morning,
    begin_a_morning,
    check_what_is_stored,
)
from tests.browser.morning_table import column
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


def test_the_morning_by_keyboard(person: Person, siblings: SimulatedSiblings) -> None:
    morning = begin_a_morning(siblings)
    tally = Tally()
    dana = Hands(person("Dispatcher", name="dana"), tally)
    dana.page.goto(f"/admin/board/?date={morning.planned.day}")

    with tally.task(WHY):
        look(dana, morning)
    with tally.task(ASSIGN):
        assign(dana, morning)
    with tally.task(OPTIMIZE):
        optimize(dana, morning)
    morning.news_comes_in()
    with tally.task(RESCHEDULE):
        reschedule(dana, morning)
    with tally.task(REPLACE):
        reassign(dana, morning)
    with tally.task(ACCEPT):
        accept_the_risk(dana, morning)
    mo = Hands(person("Operations manager", name="mo"), tally)
    mo.page.goto(f"/admin/board/?date={morning.planned.day}")
    with tally.task(PUBLISH):
        publish(mo, morning)
    morning.the_storm_passes()
    with tally.task(TAKE_BACK):
        take_back(dana, morning)
    check_what_is_stored(morning)
    assert tally.as_text() == column("by keyboard")


def look(dana: Hands, morning: Morning) -> None:
    page = dana.page
    walk = page.locator(f'#timeline [data-departure="{morning.keys[WALK]}"]')
    expect(walk).to_contain_text("Trail closed")
    search(dana, WALK[0])
    panel = page.locator("#departure-panel")
    expect(panel.locator("header")).to_contain_text("Trail closed")
    wait_for_guides(page)
    dana.press("3")
    expect(page.locator("#np-conflicts")).to_be_focused()
    expect(page.locator("#np-conflicts")).to_contain_text("is closed")
    dana.press("Escape")
    expect(walk).to_contain_text("Trail closed")


def assign(dana: Hands, morning: Morning) -> None:
    page = dana.page
    dana.press_until("j", page.locator(f"#need-{morning.keys[RAFTING]}"))
    dana.press("Enter")
    expect(page.locator("#departure-panel")).to_be_visible()
    # Pressed while the guides are being ranked, or after.
    dana.press("a")
    expect(page.locator("[data-choose]").first).to_be_focused()
    dana.press("Enter")
    expect(page.get_by_role("heading", name="What it would bring about")).to_be_visible()
    assert not morning.departure(RAFTING).team
    dana.tab_to(page.get_by_role("button", name="Save", exact=True))
    dana.press("Enter")
    expect(page.locator("[data-saved]")).to_be_visible()
    wait_for_guides(page)
    assert morning.departure(RAFTING).team
    dana.press("Escape")
    expect(page.locator(f"#need-{morning.keys[RAFTING]}")).to_have_count(0)


def optimize(dana: Hands, morning: Morning) -> None:
    page = dana.page
    dana.press("o")
    expect(page.get_by_label("How many guides may move")).to_be_focused()
    dana.press("2", "Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    morning.make_the_proposal()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
    skip(dana)
    dana.tab_to(page.get_by_role("checkbox", name=f"Accept {WALK[0]}"))
    dana.press("Space", "Enter")
    expect(page.get_by_text("2 departures have their new plan.")).to_be_visible()
    assert all(morning.departure(name).team for name in PADDLES)


def reschedule(dana: Hands, morning: Morning) -> None:
    page = dana.page
    # The address names the content still, so the first Tab is within it.
    dana.tab_to(page.get_by_role("link", name="Board of this date"))
    dana.press("Enter")
    expect(page.locator(".nb-need").first).to_contain_text(STROLL[0])
    dana.press("j", "Enter")
    wait_for_guides(page)
    dana.press("3")
    dana.tab_to(page.locator("#np-conflicts").get_by_role("link", name="Review"))
    dana.press("Enter")
    choose(dana, "Reschedule the trip")
    dana.press("Enter")
    expect(page.get_by_text("Storm. Reschedule the trip.")).to_be_visible()
    assert morning.departure(STROLL).starts_at.hour == 13


def reassign(dana: Hands, morning: Morning) -> None:
    page = dana.page
    go_to_conflict(dana, "is away")
    choose(dana, "Reassign a guide")
    dana.press("Enter")
    expect(page.get_by_text(re.compile("is away during .* Reassign a guide"))).to_be_visible()


def accept_the_risk(dana: Hands, morning: Morning) -> None:
    page = dana.page
    go_to_conflict(dana, "has 6 guests")
    choose(dana, "Accept the risk")
    expect(page.get_by_label("Why the risk is accepted")).to_be_focused()
    dana.write("A larger boat.")
    dana.press("Control+Enter")
    expect(page.get_by_text("the departure has 4 places. Accept the risk.")).to_be_visible()


def publish(mo: Hands, morning: Morning) -> None:
    page = mo.page
    mo.press("P")
    expect(page.get_by_role("heading", name="Look at these first")).to_be_visible()
    mo.press("P")
    expect(page.get_by_role("button", name="Publish the ticked")).to_be_focused()
    mo.press("Enter")
    expect(page.get_by_text("6 departures are published.")).to_be_visible()


def take_back(dana: Hands, morning: Morning) -> None:
    page = dana.page
    search(dana, STROLL[0])
    expect(page.locator("#departure-panel")).to_contain_text("13:00 to 16:00")
    wait_for_guides(page)
    dana.press("5")
    dana.tab_to(page.locator("#np-history li", has_text="13:00").get_by_role("link", name="Take this back"))
    dana.press("Enter")
    expect(page.get_by_role("checkbox")).to_be_checked()
    skip(dana)
    dana.tab_to(page.get_by_role("button", name="Restore"))
    dana.press("Enter")
    expect(page.locator("#departure-panel")).to_contain_text("09:30 to 12:30")
    wait_for_guides(page)
    assert morning.departure(STROLL).starts_at.hour == 9


def search(dana: Hands, name: str) -> None:
    dana.press("/")
    dana.write(name[:4])
    expect(dana.page.locator(".nq-list a").first).to_contain_text(name)
    dana.press("ArrowDown", "Enter")
    dana.page.wait_for_url("**/departures/**")


def skip(dana: Hands) -> None:
    """Past the navigation, to the content."""
    dana.press("Tab", "Enter")


def go_to_conflict(dana: Hands, words: str) -> None:
    title = dana.page.locator("#conflict-title")
    for _ in range(5):
        if words in title.inner_text():
            return
        before = dana.page.url
        dana.press("j")
        dana.page.wait_for_url(lambda address, before=before: address != before)
    expect(title).to_contain_text(words)


def choose(dana: Hands, title: str) -> None:
    card = dana.page.locator(".nr-card", has=dana.page.get_by_role("heading", name=title)).first
    dana.press(card.locator("kbd").inner_text())
    expect(dana.page.locator("#after")).to_be_visible()


def wait_for_guides(page: Page) -> None:
    expect(page.locator("#np-guides .c-table")).to_be_visible()
