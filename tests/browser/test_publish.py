"""The publish page in a browser: by keyboard, without what is in conflict, and by two people at once."""

import re

import pytest
from playwright.sync_api import expect

from scheduling.domain.document import Departure, DepartureStatus
from tests.browser.axe import violations
from tests.browser.conftest import Person
from tests.conflicts.planned import PlannedDay, plan_a_day
from tests.scheduling.writes import change
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
    page = person("Operations manager")
    page.goto(address(planned))
    page.get_by_role("button", name="None").click()
    for key in (first, second):
        page.get_by_label(label(planned.departure(key))).check()
    page.get_by_label("Note for the history").fill("as agreed with Ben")

    change(
        second,
        planned.day,
        team=planned.departure(second).team,
        ends_at=planned.departure(second).ends_at.replace(minute=59),
    )
    page.get_by_role("button", name="Publish the ticked").click()

    expect(page.get_by_text("1 departure was changed since you saw this page")).to_be_visible()
    expect(page.get_by_text("Changed meanwhile")).to_be_visible()
    expect(page.get_by_label(label(planned.departure(second)))).to_be_checked()
    expect(page.get_by_label("Note for the history")).to_have_value("as agreed with Ben")
    assert planned.departure(first).status is DepartureStatus.PUBLISHED
    assert planned.departure(second).status is DepartureStatus.DRAFT
