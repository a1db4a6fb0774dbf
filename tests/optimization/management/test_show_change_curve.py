"""What moving more people would buy, as an operator asks for it."""

import json

import pytest
from django.core.management import CommandError

from scheduling.models import DailySchedule
from tests.optimization.management.typed import run
from tests.siblings import SimulatedSiblings


@pytest.mark.django_db
def test_the_curve_says_what_each_person_more_buys_and_stores_nothing(siblings: SimulatedSiblings) -> None:
    name = siblings.call("svc-trip-catalog", "/regions").json()["data"][0]["name"]

    printed = json.loads(run("show_change_curve", "--region", name, "--up-to", "3", "--json"))

    curve = printed["curve"]
    assert [point["max_changes"] for point in curve] == [0, 1, 2, 3]
    assert all(len(point["moved"]) <= point["max_changes"] for point in curve)
    assert "buys" not in curve[0]
    assert [point["buys"]["guests_served"] > 0 for point in curve[1:]] == [True, True, True]
    assert not DailySchedule.objects.exists()
    assert "benefit of reassigning guides" in run("show_change_curve", "--region", name, "--up-to", "1")


@pytest.mark.django_db
def test_a_curve_of_nowhere_is_refused(siblings: SimulatedSiblings) -> None:
    with pytest.raises(CommandError, match="There is no region Atlantis"):
        run("show_change_curve", "--region", "Atlantis")
    with pytest.raises(CommandError, match="at least 0"):
        run("show_change_curve", "--up-to", "-1")
