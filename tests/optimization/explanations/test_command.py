"""What an operator sees of an explanation."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from tests.siblings import SimulatedSiblings


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("optimize_schedules", "--dry-run", *arguments, stdout=output)
    return output.getvalue()


@pytest.mark.django_db
def test_every_team_of_a_plan_is_explained_and_every_guide_has_their_hours(siblings: SimulatedSiblings) -> None:
    [day] = json.loads(run("--explain", "--json"))

    assert day["explanations"].keys() == day["departures"].keys()
    for key, departure in day["departures"].items():
        told = day["explanations"][key]
        assert [member["guide_id"] for member in told["team"]] == [m["guide_id"] for m in departure.get("team", [])]
        assert told["lines"]
        assert not told["is_partial"]
        assert told["team"] or told["possible_if"]
    assert {"trailing_hours", "mean_hours", "day_hours"} == next(iter(day["fairness"].values())).keys()


@pytest.mark.django_db
def test_the_explanation_follows_the_table(siblings: SimulatedSiblings) -> None:
    told = run("--explain", "--date", str(siblings.today + timedelta(days=1)))

    table, explanation = told.split("guests served", 1)
    assert "Hours vs mean" in table
    assert "Else " in explanation


@pytest.mark.django_db
def test_nobody_is_explained_unless_asked_for(siblings: SimulatedSiblings) -> None:
    [day] = json.loads(run("--json"))

    assert "explanations" not in day
