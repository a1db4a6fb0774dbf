"""After the incident nobody could say who had changed what, and when. Now it can be read back."""

from typing import Any

import pytest
from django.utils.dateparse import parse_datetime

from optimization.models import OptimizationRun
from tests.ntk_10004.incident import Incident, vacation
from tests.tokens import bearer

pytestmark = pytest.mark.django_db


def history(scene: Incident) -> list[dict[str, Any]]:
    """The revisions, the newest first, as the API tells them."""
    answer = scene.client.get(
        f"/scheduling/v1/daily-schedules/{scene.day}/history", headers=bearer(("scheduling:read",), subject="auditor")
    )
    revisions: list[dict[str, Any]] = answer.json()["revisions"]
    return revisions


def test_who_changed_what_and_when_can_be_read_back(scene: Incident) -> None:
    key, departure = scene.staffed()[0]
    guide = str(departure.team[0].guide_id)
    scene.guides_enter(departure.team[0].guide_id, vacation(scene.day))
    scene.optimize_on_demand()

    optimized, entered, planned, *_ = history(scene)

    run = OptimizationRun.objects.latest("started_at")
    assert optimized["author"] == "ana"
    assert optimized["run_id"] == str(run.pk)
    assert optimized["changes"]["departures"][str(key)]["fields"]["team"]["old"][0]["guide_id"] == guide
    assert "guide_adjustments" not in optimized["changes"]
    assert entered["author"] == "svc-guide-management"
    assert entered["changes"]["guide_adjustments"][guide]["new"]["availability_exceptions"][0]["reason"] == "vacation"
    assert planned["kind"] == "nightly optimization"
    times = [parse_datetime(revision["changed_at"]) for revision in (planned, entered, optimized)]
    assert times == sorted(times)
