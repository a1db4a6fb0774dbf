"""What an operator types."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from events.models import OutboxMessage
from optimization.models import OptimizationRun, RunStatus
from scheduling.jobs import claim_request, fail_request
from scheduling.models import DailySchedule, RequestStatus, ScheduleRequest
from tests.scheduling.requests import pending
from tests.siblings import SimulatedSiblings


def run(command: str, *arguments: str) -> str:
    output = StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


def plan(*arguments: str) -> Any:
    return json.loads(run("optimize_schedules", "--json", *arguments))


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_shows_the_plan_and_stores_only_its_runs(siblings: SimulatedSiblings) -> None:
    [day] = plan("--dry-run")

    assert day["date"] == str(siblings.today + timedelta(days=1))
    assert day["totals"]["departures"] == len(day["departures"]) > 0
    assert not DailySchedule.objects.exists()
    assert not OutboxMessage.objects.exists()
    assert {one.status for one in OptimizationRun.objects.all()} == {RunStatus.COMPLETED}


@pytest.mark.django_db
def test_one_region_is_planned_and_the_others_stay_as_they_are(siblings: SimulatedSiblings) -> None:
    regions = siblings.call("svc-trip-catalog", "/regions").json()
    first = (regions["data"] if isinstance(regions, dict) else regions)[0]

    [day] = plan("--region", first["name"])

    [schedule] = DailySchedule.objects.all()
    planned = {str(departure.region_id) for departure in schedule.document.departures.values()}
    assert planned == {first["id"]} == {one["region_id"] for one in day["departures"].values()}


@pytest.mark.django_db
def test_several_dates_come_as_a_table_each(siblings: SimulatedSiblings) -> None:
    first = siblings.today + timedelta(days=1)

    told = run("optimize_schedules", "--from", str(first), "--to", str(first + timedelta(days=1)))

    assert DailySchedule.objects.count() == 2
    assert told.count("guests served") == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--region", "Atlantis"], "There is no region Atlantis"),
        (["--date", "2030-01-01", "--to", "2030-01-02"], "Give --date, or --from and --to"),
        (["--from", "2030-01-02", "--to", "2030-01-01"], "is before"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    siblings: SimulatedSiblings, arguments: list[str], why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        plan(*arguments)


@pytest.mark.django_db
def test_without_the_guides_nothing_is_planned(siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-guide-management", "down")

    with pytest.raises(CommandError, match="svc-guide-management"):
        plan()


def failed() -> ScheduleRequest:
    request = pending()
    claim = claim_request(request.pk)
    assert claim
    fail_request(claim, code="X", message="x")
    return request


@pytest.mark.django_db
def test_failed_requests_are_queued_again_all_or_one() -> None:
    first, second, waiting = failed(), failed(), pending()

    assert "1 requests queued again" in run("rerun_requests", "--id", str(first.pk))
    assert "1 requests queued again" in run("rerun_requests", "--failed")

    statuses = ScheduleRequest.objects.filter(pk__in=[first.pk, second.pk, waiting.pk])
    assert set(statuses.values_list("status", flat=True)) == {RequestStatus.PENDING}
    with pytest.raises(CommandError, match="There is no failed request"):
        run("rerun_requests", "--id", str(waiting.pk))


@pytest.mark.django_db
def test_failed_requests_are_queued_again_since_a_date() -> None:
    request = failed()
    tomorrow = request.created_at.date() + timedelta(days=1)

    assert "0 requests" in run("rerun_requests", "--since", str(tomorrow))
    assert "1 requests" in run("rerun_requests", "--since", str(request.created_at.date()))
