"""The dispatcher's morning, by mouse: from the board with its gaps to a published day, and back from one decision."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from conflicts.models import RiskAcceptance
from tests.browser.conftest import Person
from tests.browser.hands import Hands, Tally
from tests.browser.morning import (
    ACCEPT,
    ASSIGN,
    LATE_WATCH,
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


def test_the_morning_by_mouse(person: Person, siblings: SimulatedSiblings) -> None:
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
    assert tally.as_text() == column("by mouse")


def bar(page: Page, morning: Morning, name: tuple[str, int]) -> Locator:
    return page.locator(f'#timeline [data-departure="{morning.keys[name]}"]')


def look(dana: Hands, morning: Morning) -> None:
    page = dana.page
    in_gap = page.locator(f'#timeline .nb-lane-nobody [data-departure="{morning.keys[RAFTING]}"]')
    expect(in_gap).to_be_visible()
    expect(page.locator(f"#need-{morning.keys[RAFTING]}")).to_contain_text("Needs guide")
    expect(bar(page, morning, WALK)).to_contain_text("Trail closed")
    dana.picture("board")
    dana.click(bar(page, morning, WALK))
    panel = page.locator("#departure-panel")
    expect(panel.locator("header")).to_contain_text("Trail closed")
    expect(panel.locator("#np-conflicts")).to_contain_text("is closed")
    wait_for_guides(page)
    dana.click(page.get_by_role("button", name="Close", exact=True))


def assign(dana: Hands, morning: Morning) -> None:
    page = dana.page
    dana.drag(bar(page, morning, RAFTING), page.locator(".vis-label", has_text=morning.rafter))
    expect(page.get_by_role("heading", name="What it would bring about")).to_be_visible()
    wait_for_guides(page)
    dana.picture("assign")
    assert not morning.departure(RAFTING).team
    dana.click(page.get_by_role("button", name="Save", exact=True))
    expect(page.locator("[data-saved]")).to_be_visible()
    wait_for_guides(page)
    assert [member.guide_name for member in morning.departure(RAFTING).team] == [morning.rafter]
    dana.click(page.get_by_role("button", name="Close", exact=True))
    expect(page.locator(f"#need-{morning.keys[RAFTING]}")).to_have_count(0)


def optimize(dana: Hands, morning: Morning) -> None:
    page = dana.page
    dana.click(page.get_by_role("link", name="Optimize"))
    dana.press("2")
    dana.click(page.get_by_role("button", name="Make the proposal"))
    expect(page.get_by_role("progressbar")).to_be_visible()
    morning.make_the_proposal()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
    dana.picture("proposal")
    dana.click(page.get_by_role("checkbox", name=f"Accept {WALK[0]}"))
    dana.click(page.get_by_role("button", name="Accept the ticked"))
    expect(page.get_by_text("2 departures have their new plan.")).to_be_visible()
    assert all(morning.departure(name).team for name in PADDLES)


def reschedule(dana: Hands, morning: Morning) -> None:
    page = dana.page
    dana.click(page.get_by_role("link", name="Conflicts", exact=True))
    choose(dana, "Reschedule the trip")
    dana.picture("reschedule", "#after")
    dana.click(page.get_by_role("button", name="Apply"))
    expect(page.get_by_text("Storm. Reschedule the trip.")).to_be_visible()
    assert morning.departure(STROLL).starts_at.hour == 13


def reassign(dana: Hands, morning: Morning) -> None:
    page = dana.page
    open_conflict(dana, "is away")
    choose(dana, "Reassign a guide")
    dana.click(page.get_by_role("button", name="Apply"))
    expect(page.get_by_text(re.compile("is away during .* Reassign a guide"))).to_be_visible()


def accept_the_risk(dana: Hands, morning: Morning) -> None:
    page = dana.page
    open_conflict(dana, "has 6 guests")
    choose(dana, "Accept the risk")
    expect(page.get_by_label("Why the risk is accepted")).to_be_focused()
    dana.write("A larger boat.")
    dana.picture("risk", "#review-form")
    dana.click(page.get_by_role("button", name="Accept the risk"))
    expect(page.get_by_text("the departure has 4 places. Accept the risk.")).to_be_visible()
    assert RiskAcceptance.objects.get().owner == "dana"


def publish(mo: Hands, morning: Morning) -> None:
    page = mo.page
    mo.click(page.locator("#publish"))
    expect(page.get_by_role("heading", name="Look at these first")).to_be_visible()
    walk = page.get_by_label(re.compile(rf"^Publish {WALK[0]}, [^,]*$"))
    expect(walk).not_to_be_checked()
    expect(page.locator("tr", has=walk)).to_contain_text("Trail closed")
    expect(page.locator("tr", has_text="Risk accepted")).to_contain_text(LATE_WATCH[0])
    mo.picture("publish")
    mo.click(page.get_by_role("button", name="Publish the ticked"))
    expect(page.get_by_text("6 departures are published.")).to_be_visible()


def take_back(dana: Hands, morning: Morning) -> None:
    page = dana.page
    dana.click(page.get_by_role("searchbox"))
    dana.write(STROLL[0][:4])
    dana.click(page.locator(".nq-list").get_by_role("link", name=STROLL[0]))
    expect(page.locator("#departure-panel")).to_contain_text("13:00 to 16:00")
    wait_for_guides(page)
    dana.picture("history", "#np-history")
    history = page.locator("#np-history")
    expect(history.locator("strong")).to_have_text(["mo", "dana", "worker"])
    dana.click(history.locator("li", has_text="13:00").get_by_role("link", name="Take this back"))
    expect(page.get_by_role("checkbox")).to_be_checked()
    dana.picture("take-back", "#content form")
    dana.click(page.get_by_role("button", name="Restore"))
    expect(page.locator("#departure-panel")).to_contain_text("09:30 to 12:30")
    wait_for_guides(page)
    assert morning.departure(STROLL).starts_at.hour == 9


def open_conflict(dana: Hands, words: str) -> None:
    dana.click(dana.page.locator(".nr-entry", has_text=words))
    expect(dana.page.locator("#conflict-title")).to_contain_text(words)


def choose(dana: Hands, title: str) -> None:
    card = dana.page.locator(".nr-card", has=dana.page.get_by_role("heading", name=title)).first
    dana.click(card.get_by_role("button", name="Choose"))
    expect(dana.page.locator("#after")).to_be_visible()


def wait_for_guides(page: Page) -> None:
    expect(page.locator("#np-guides .c-table")).to_be_visible()
