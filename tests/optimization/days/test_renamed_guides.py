"""A guide who is renamed has the new name wherever a date shows it, from the next plan or patch on."""

import pytest
from django.core.cache import caches
from django.test import Client

from conflicts.models import ScheduleConflict
from optimization.days.services import optimize_day
from scheduling.domain.document import DepartureStatus
from tests.conflicts.planned import PLANNER, PlannedDay, plan_a_day
from tests.scheduling.patches.calls import change
from tests.scheduling.patches.planned_day import team_of
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


@pytest.mark.parametrize("writer", ["plan", "patch"])
def test_the_new_name_is_on_every_departure_of_the_date_one_under_way_included(
    client: Client, planned: PlannedDay, writer: str
) -> None:
    key = planned.staffed()[0]
    (guide_id, *_) = [member.guide_id for member in planned.departure(key).team]
    planned.edit(key, status=DepartureStatus.IN_PROGRESS)
    other = next(k for k in planned.staffed() if guide_id not in planned.departure(k).guide_ids)
    names_before = names(planned)
    planned.siblings.alter("guides", str(guide_id), first_name="Zoë", last_name="Newname")
    caches["siblings"].clear()

    if writer == "plan":
        optimize_day(planned.day, [planned.region_id], author=PLANNER)
    else:
        team = [member.guide_id for member in planned.departure(other).team]
        response = change(client, other, {"team": team_of(*team, pinned=True)}, at=planned.day)
        assert response.status_code == 200, response.content

    now = names(planned)
    assert now[guide_id] == {"Zoë Newname"}
    assert all(now[guide] == names_before[guide] for guide in now.keys() & names_before.keys() - {guide_id})
    assert not ScheduleConflict.objects.open().exists()


def test_two_guides_of_one_name_are_told_apart_on_the_date(planned: PlannedDay) -> None:
    guides = sorted({guide for key in planned.staffed() for guide in planned.departure(key).guide_ids}, key=str)[:2]
    for years, guide_id in enumerate(guides, start=3):
        profile = {"first_name": "Zoë", "last_name": "Newname", "region_ids": [f"{planned.region_id}"]}
        planned.siblings.alter("guides", f"{guide_id}", years_experience=years, **profile)
    caches["siblings"].clear()

    optimize_day(planned.day, [planned.region_id], author=PLANNER)

    region = planned.siblings.get("regions", f"{planned.region_id}")["name"]
    now = names(planned)
    told_apart = {f"Zoë Newname ({region}, {years} years)" for years in (3, 4)}
    assert {name for guide_id in now.keys() & set(guides) for name in now[guide_id]} <= told_apart
    assert now.keys() & set(guides)


def names(planned: PlannedDay) -> dict[object, set[str]]:
    found: dict[object, set[str]] = {}
    for departure in planned.departures.values():
        for member in departure.team:
            found.setdefault(member.guide_id, set()).add(member.guide_name)
    return found
