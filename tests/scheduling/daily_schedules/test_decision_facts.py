"""The facts that a decision is made on: of the guides' recent work that of those whom it is about."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.domain.facts import Guide
from scheduling.models import GuideCommitment
from tests.factories import REGION_ID, TOMORROW, GuideFactory, RegionFactory, at, snapshot_of

pytestmark = pytest.mark.django_db


def led_for_hours(guide: Guide, hours: int, *, days_before: int) -> None:
    day = TOMORROW - timedelta(days=days_before)
    GuideCommitment.objects.create(
        guide_id=guide.id,
        departure_id=uuid4(),
        schedule_date=day,
        trip_id=uuid4(),
        starts_at=at(8, day=day),
        ends_at=at(8 + hours, day=day),
    )


def test_the_hours_are_those_of_the_guides_who_work_in_the_regions_that_are_planned() -> None:
    other = RegionFactory(id=uuid4(), name="Baja")
    here, there = GuideFactory(), GuideFactory(region_ids=("baja",))
    snapshot = snapshot_of(guides=[here, there])
    snapshot = replace(snapshot, regions={**snapshot.regions, other.id: other})
    led_for_hours(here, 3, days_before=2)
    led_for_hours(here, 5, days_before=20)
    led_for_hours(there, 4, days_before=1)

    assert gather_facts(snapshot).recent_hours == {here.id: 3.0, there.id: 4.0}
    assert gather_facts(snapshot, region_ids=[REGION_ID]).recent_hours == {here.id: 3.0}
    assert gather_facts(snapshot, region_ids=[other.id]).recent_hours == {there.id: 4.0}
