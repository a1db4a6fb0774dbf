"""The pages of plans, which people without a console get as a file: what axe-core finds on them, and what they load."""

from datetime import date
from pathlib import Path

import pytest

from optimization.batch.pictures import NOTE
from optimization.solver.__main__ import main
from optimization.solver.picture.page import plan_page
from optimization.solver.picture.values import Level, PicturedDay, PicturedDeparture, PicturedGuide, Timeline
from tests.browser.axe import violations
from tests.browser.conftest import Person
from tests.optimization.solver.test_picture import a_file

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

ANA, BEN = PicturedGuide("Ana Holm", "1"), PicturedGuide("Ben Eriksen", "2")
TOTALS = (("Guests", "11 of 15"), ("Departures with a team", "2 of 3"), ("Proof", "proven optimal"))
LEVELS = (Level("Guests served, by priority (more is better)", 11, 11), Level("Loss of quality (less)", 140, None))


def page_of_two_days() -> str:
    """What `manage.py optimize_schedules --html` writes: two regions, a gap, a trip over midnight, a remark."""
    coast = Timeline(
        "Pacific Northwest (America/Los_Angeles)",
        (
            PicturedDeparture("Orca Watch", 420, 720, 7, 14, (ANA,)),
            PicturedDeparture("Night Paddle", 1260, 1500, 4, 10, (BEN, ANA), remark="awaits approval"),
            PicturedDeparture("Olympic Ridge Walk", 480, 840, 4, 12, reason="none of the eligible guides may lead"),
        ),
    )
    days = [date(2027, 5, 1), date(2027, 5, 2)]
    return plan_page("Plan", NOTE, [PicturedDay(f"{day:%A} {day.day}", (coast,), LEVELS, TOTALS) for day in days])


def page_of_a_file(folder: Path) -> str:
    out = folder / "plan.html"
    main([str(a_file(folder)), "--html", str(out)])
    return out.read_text(encoding="utf-8")


def test_pages_of_plans_can_be_seen_and_heard_by_everybody_and_load_nothing(person: Person, tmp_path: Path) -> None:
    page = person()

    found = []
    for written in (page_of_two_days(), page_of_a_file(tmp_path)):
        page.set_content(written)
        found += violations(page)

    assert not found, "\n".join(found)
