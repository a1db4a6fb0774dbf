"""Two runs beside each other, as an operator compares them."""

import json
from uuid import uuid4

import pytest
from django.core.management import CommandError

from tests.optimization.management.typed import plan, run
from tests.siblings import SimulatedSiblings


@pytest.mark.django_db
def test_two_runs_are_compared_figure_by_figure(siblings: SimulatedSiblings) -> None:
    name = siblings.call("svc-trip-catalog", "/regions").json()["data"][0]["name"]
    first, second = (plan("--region", name)[0]["runs"][0]["run_id"] for _ in range(2))

    printed = json.loads(run("compare_runs", first, second, "--json"))

    assert printed["runs"] == [first, second]
    assert printed["figures"]["unstaffed"]["differs"] is False
    assert printed["figures"]["objective.kept"]["second"] > printed["figures"]["objective.kept"]["first"] == 0
    assert [bool(written) for written in printed["written"]] == [True, False]
    table = run("compare_runs", first, second)
    assert "Different problems" in table
    assert "objective.guests" in table


@pytest.mark.django_db
def test_the_same_facts_are_the_same_problem(siblings: SimulatedSiblings) -> None:
    name = siblings.call("svc-trip-catalog", "/regions").json()["data"][0]["name"]
    first, second = (plan("--region", name, "--dry-run")[0]["runs"][0]["run_id"] for _ in range(2))

    assert json.loads(run("compare_runs", first, second, "--json"))["same_problem"]


@pytest.mark.django_db
def test_a_run_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match="There is no optimization run"):
        run("compare_runs", str(uuid4()), str(uuid4()))
