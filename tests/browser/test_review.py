"""The review of conflicts by keyboard, and by two people at once."""

import pytest
from playwright.sync_api import expect

from conflicts.models import ConflictResolution, ScheduleConflict
from conflicts.resolution.option_search import compute_options
from tests.browser.conftest import Person
from tests.conflicts.factories import conflict_of
from tests.conflicts.planned import PlannedDay, plan_a_day
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = "/admin/conflicts/review/"


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


def lead_away(planned: PlannedDay) -> ScheduleConflict:
    conflict = planned.send_lead_away(planned.staffed()[0])
    compute_options(conflict, deadline_seconds=10)
    return conflict


def test_a_conflict_is_resolved_with_three_keys(person: Person, planned: PlannedDay) -> None:
    conflict = lead_away(planned)
    other = conflict_of(planned.day, description="One guest too many.")
    page = person("Dispatcher")
    page.goto(f"{QUEUE}{other.pk}/")

    page.keyboard.press("k")
    expect(page.get_by_role("heading", name=conflict.details["description"])).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name="The day after")).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="One guest too many.")).to_be_visible()
    assert ConflictResolution.objects.get(conflict=conflict).resolved_by == "ana"


def test_the_second_of_two_keeps_the_note_and_hears_who_was_first(person: Person, planned: PlannedDay) -> None:
    conflict = lead_away(planned)
    ana, ben = person("Dispatcher"), person("Dispatcher", name="ben")
    for page in (ana, ben):
        page.goto(f"{QUEUE}{conflict.pk}/")
        page.get_by_role("button", name="Choose 1").click()
    ben.get_by_label("Notes").fill("Ana is ill")

    ana.get_by_role("button", name="Apply").click()
    expect(ana.get_by_text("Resolved.")).to_be_visible()
    ben.get_by_role("button", name="Apply").click()

    expect(ben.get_by_text("Somebody was first. Resolved by ana")).to_be_visible()
    assert ben.get_by_label("Your note, which was not saved").input_value() == "Ana is ill"
