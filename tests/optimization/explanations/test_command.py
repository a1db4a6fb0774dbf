"""Explanations on the command line."""

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
        explanation = day["explanations"][key]
        assert [member["guide_id"] for member in explanation["team"]] == [
            member["guide_id"] for member in departure.get("team", [])
        ]
        assert explanation["lines"]
        assert not explanation["is_partial"]
        assert explanation["team"] or explanation["possible_if"]
    assert {"trailing_hours", "mean_hours", "day_hours"} == next(iter(day["fairness"].values())).keys()


@pytest.mark.django_db
def test_the_explanation_follows_the_table(siblings: SimulatedSiblings) -> None:
    output = run("--explain", "--date", str(siblings.today + timedelta(days=1)))

    table, explanation = output.split("guests served", 1)
    assert "Hours vs mean" in table
    assert "Alternative: " in explanation


@pytest.mark.django_db
def test_plans_have_no_explanations_unless_requested(siblings: SimulatedSiblings) -> None:
    [day] = json.loads(run("--json"))

    assert "explanations" not in day
