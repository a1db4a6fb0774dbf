"""An auditor sees what everybody sees, and finds nothing on any page of the console that writes."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Person
from tests.browser.test_board import box_of
from tests.browser.world import World, build_world
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

WRITES = "main form[method=post], main input:not(form[method=get] *), main textarea, main button[data-key]"
"""What sends something, or waits to be sent; the filters of pages are read."""


@pytest.fixture
def world(siblings: SimulatedSiblings) -> World:
    return build_world(siblings)


@pytest.fixture
def page(person: Person) -> Page:
    return person("Auditor", name="ida")


def test_no_page_has_anything_that_writes(page: Page, world: World) -> None:
    shown = {
        reverse("console:departure", args=[world.day, world.departure_id]): "Can go",
        reverse("console:review", args=[world.conflict_id]): "You may look.",
        reverse("console:review_together"): "By cause",
        reverse("console:publish", args=[world.day]): "Operations managers publish.",
        reverse("console:proposal", args=[world.proposal_id]): "Dispatchers and operations managers accept or drop",
        reverse("console:guide", args=[world.guide_id]): "Absences",
        reverse("console:handover"): "Open conflicts",
    }

    for address, words in shown.items():
        page.goto(address)
        expect(page.locator("main").get_by_text(words).first).to_be_visible()
        expect(page.locator(WRITES), address).to_have_count(0)


def test_the_board_leads_to_everything_and_no_bar_can_be_dragged(page: Page, world: World) -> None:
    page.goto(f"/admin/board/?date={world.day}")
    bar = page.locator(".nb-timeline .nb-lane-guide [data-bar]").first
    expect(bar).to_be_visible()
    expect(page.get_by_role("link", name="Optimize")).to_have_count(0)
    begin = box_of(bar)
    page.mouse.move(begin["x"] + 12, begin["y"] + 8)
    page.mouse.down()
    page.mouse.move(begin["x"] + 12, begin["y"] + 80, steps=4)
    page.mouse.up()
    expect(page.locator(".nb-drag")).to_have_count(0)

    bar.click()
    expect(page.locator("#np-guides .c-table")).to_be_visible()
    expect(page.locator(WRITES)).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="To be published").click()

    expect(page.get_by_text("You may look. Operations managers publish.")).to_be_visible()
    assert violations(page) == []


def test_what_is_sent_to_an_address_all_the_same_is_refused(page: Page, world: World) -> None:
    for name, arguments in {
        "departure": [world.day, world.departure_id],
        "undo": [world.day],
        "publish": [world.day],
        "optimize": [world.day],
        "proposal": [world.proposal_id],
        "review": [world.conflict_id],
    }.items():
        answer = page.request.post(reverse(f"console:{name}", args=arguments), form={"do": "apply"})
        assert answer.status == 403, name
