"""A dispatcher optimizes with a limit, sees what would change, and accepts two of three changes."""

import pytest
from playwright.sync_api import expect

from optimization.models import Proposal
from optimization.proposals.making import compute_proposal
from tests.browser.conftest import Person
from tests.optimization.proposals.made import a_planned_region
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


def test_two_of_three_changes_are_accepted_by_keyboard(person: Person, siblings: SimulatedSiblings) -> None:
    region = a_planned_region(siblings, freed=3)
    page = person("Dispatcher")
    page.goto(f"/admin/board/?date={region.day}&region={region.region_id}&view=table")

    page.keyboard.press("o")
    page.get_by_label("How many guides may move").fill("3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    compute_proposal(Proposal.objects.get().pk)

    # The page watched it, and shows what was made without being asked.
    changes = page.get_by_role("checkbox", checked=True)
    expect(changes).to_have_count(3)
    changes.first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.get_by_text("2 departures have their new plan.")).to_be_visible()
    departures = region.departures()
    assert sorted(bool(departures[key].team) for key in region.freed) == [False, True, True]
    expect(page.get_by_text("Accepted by ana at")).to_have_count(2)
