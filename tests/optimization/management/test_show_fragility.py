"""What single losses would do, in a terminal."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from optimization.models import FragilityReport
from scheduling.models import DailySchedule
from tests.optimization.fragility.planned import plan_tomorrow
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> DailySchedule:
    return plan_tomorrow(siblings)


def show(schedule: DailySchedule, *arguments: str) -> str:
    output = StringIO()
    call_command("show_fragility", str(schedule.schedule_date), *arguments, stdout=output)
    return output.getvalue()


def as_json(schedule: DailySchedule, *arguments: str) -> Any:
    return json.loads(show(schedule, "--json", *arguments))


def test_the_worst_losses_and_the_hedges_are_sentences(planned: DailySchedule) -> None:
    report, lines = as_json(planned), show(planned).splitlines()

    assert lines[0].startswith(f"{planned.schedule_date}, revision 2: {report['departures']} departures with ")
    assert [line.split(". ", 1)[1] for line in lines[1 : len(report["most_fragile"]) + 1]] == [
        loss["message"] for loss in report["most_fragile"]
    ]
    assert [line[2:] for line in lines if line.startswith("- ")] == [hedge["message"] for hedge in report["hedges"]]
    assert not FragilityReport.objects.exists()


def test_a_region_is_judged_for_itself(planned: DailySchedule, siblings: SimulatedSiblings) -> None:
    everywhere = as_json(planned)

    parts = [as_json(planned, "--region", region) for region in siblings.summary()["region_ids"]]

    assert sum(part["departures"] for part in parts) == everywhere["departures"]
    assert all(0 < part["departures"] < everywhere["departures"] for part in parts)


def test_what_is_not_there_is_refused(planned: DailySchedule) -> None:
    with pytest.raises(CommandError, match="There is no region Atlantis"):
        show(planned, "--region", "Atlantis")
    planned.schedule_date += timedelta(days=3)
    with pytest.raises(CommandError, match="There is no daily schedule"):
        show(planned)
