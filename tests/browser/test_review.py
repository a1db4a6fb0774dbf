"""The review of conflicts by keyboard, and by two people at once."""

import pytest
from playwright.sync_api import expect

from conflicts.models import ConflictResolution, ScheduleConflict
from conflicts.resolution.option_search import compute_options
from tests.browser.axe import violations
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


def test_the_second_of_two_keeps_the_note_hears_who_was_first_and_goes_on_to_the_next(
    person: Person, planned: PlannedDay
) -> None:
    conflict = lead_away(planned)
    other = conflict_of(planned.day, description="One guest too many.")
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
    expect(ben.get_by_role("link", name="Next")).to_be_focused()
    ben.keyboard.press("Enter")
    expect(ben.get_by_role("heading", name=other.details["description"])).to_be_visible()


def test_many_dates_are_resolved_one_after_the_other_while_the_page_says_how_far_it_is(
    person: Person, planned: PlannedDay
) -> None:
    conflicts = [planned.send_lead_away(key) for key in planned.staffed()[:2]]
    page = person("Dispatcher")
    page.goto(f"{QUEUE}together/")
    page.evaluate(POST_THE_PLAN_OF, [str(conflict.pk) for conflict in conflicts])
    boxes = page.locator('input[name="choices"]')
    expect(boxes).to_have_count(2)

    # As if the second were of another date.
    boxes.last.evaluate("box => { box.value = box.value.replace(/:\\d+$/, ':1'); }")
    page.get_by_role("button", name="Resolve what is ticked").click()

    expect(page.get_by_text("of 2 conflicts are resolved.")).to_be_visible()
    expect(page.locator(".nr-pick")).to_have_count(2)
    assert not violations(page)


POST_THE_PLAN_OF = """conflicts => {
  const form = document.createElement("form");
  form.method = "post";
  const fields = [["csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value], ["do", "plan"]];
  for (const [name, value] of [...fields, ...conflicts.map((key) => ["conflicts", key])]) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  document.body.append(form);
  form.submit();
}"""
