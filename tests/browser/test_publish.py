"""The publish page in a browser: by keyboard, without what is in conflict, and by two people at once."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from scheduling.domain.document import Departure, DepartureStatus
from tests.browser.axe import violations
from tests.browser.conftest import Person
from tests.conflicts.planned import PlannedDay, plan_a_day
from tests.novatrek_scheduling.console.departures.forms import panel_of
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


def address(planned: PlannedDay) -> str:
    return f"/admin/board/{planned.day}/publish/"


def label(departure: Departure) -> re.Pattern[str]:
    return re.compile(rf"Publish {re.escape(departure.trip_name)}, {departure.starts_at:%H:%M}\sto\s[^,]*$")


def test_the_day_is_published_without_what_is_in_conflict(person: Person, planned: PlannedDay) -> None:
    in_conflict = planned.staffed()[0]
    planned.send_lead_away(in_conflict)
    page = person("Operations manager")
    page.goto(address(planned))
    staffed = [key for key, departure in planned.departures.items() if departure.team]

    expect(page.get_by_text(f"{len(staffed) - 1} of {len(staffed)} departures ticked")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="None").press("Enter")
    expect(page.get_by_text(f"0 of {len(staffed)} departures ticked")).to_be_visible()
    page.get_by_role("button", name="Only without conflicts").press("Enter")
    page.get_by_role("button", name="Publish the ticked").press("Enter")

    expect(page.get_by_text(f"{len(staffed) - 1} departures are published.")).to_be_visible()
    drafts = {key for key in staffed if planned.departure(key).status is DepartureStatus.DRAFT}
    assert drafts == {in_conflict}


def test_of_two_people_neither_loses_what_was_entered(person: Person, planned: PlannedDay) -> None:
    first, second, *_ = planned.staffed()
    in_conflict = planned.staffed()[-1]
    planned.edit(in_conflict, capacity=1)
    mo, dana = person("Operations manager", name="mo"), person("Dispatcher", name="dana")
    mo.goto(address(planned))
    mo.get_by_role("button", name="None").click()
    for key in (first, second, in_conflict):
        mo.get_by_label(label(planned.departure(key))).check()
    mo.get_by_label("all the same").check()
    mo.get_by_label("Note for the history").fill("as agreed with Ben")

    later = planned.departure(second).ends_at + timedelta(minutes=15)
    dana.goto(panel_of(planned.day, second))
    dana.get_by_label("End").fill(f"{later:%Y-%m-%dT%H:%M}")
    dana.get_by_role("button", name="Save", exact=True).click()
    expect(dana.get_by_text("was saved")).to_be_visible()
    mo.get_by_role("button", name="Publish the ticked").click()

    expect(mo.get_by_text("1 departure was changed since you saw this page")).to_be_visible()
    row = mo.locator("tr", has=mo.get_by_label(label(planned.departure(second))))
    expect(row).to_contain_text("Changed meanwhile")
    expect(row).to_contain_text(re.compile(rf"by dana at .*End: .*{later:%H:%M}", re.DOTALL))
    expect(mo.get_by_label(label(planned.departure(second)))).to_be_checked()
    expect(mo.get_by_label("Note for the history")).to_have_value("as agreed with Ben")
    published = {key for key in planned.departures if planned.departure(key).status is DepartureStatus.PUBLISHED}
    assert published == {first, in_conflict}
