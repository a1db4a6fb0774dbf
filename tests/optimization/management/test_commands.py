"""What an operator types."""

import html
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from events.models import OutboxMessage
from optimization.batch.planner import DateFailure, PlanningTerms, plan_dates
from optimization.days.clusters import clusters_of
from optimization.days.services import take_planning_snapshot
from optimization.models import OptimizationRun, RunStatus
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.presence import announce_presence
from scheduling.domain.facts import Sibling, Snapshot
from scheduling.models import DailySchedule, RequestStatus, ScheduleRequest
from scheduling.requests.claims import claim_request, fail_request
from scheduling.siblings.errors import SiblingUnavailable
from tests.scheduling.requests.rows import pending
from tests.siblings import SimulatedSiblings

ROOT = Path(__file__).resolve().parents[3]


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
    assert {run.status for run in OptimizationRun.objects.all()} == {RunStatus.COMPLETED}


@pytest.mark.django_db
def test_one_region_is_planned_and_the_others_stay_as_they_are(siblings: SimulatedSiblings) -> None:
    regions = siblings.call("svc-trip-catalog", "/regions").json()
    first = (regions["data"] if isinstance(regions, dict) else regions)[0]

    [day] = plan("--region", first["name"])

    [schedule] = DailySchedule.objects.all()
    planned = {str(departure.region_id) for departure in schedule.document.departures.values()}
    assert planned == {first["id"]} == {departure["region_id"] for departure in day["departures"].values()}


@pytest.mark.django_db
def test_several_dates_come_as_a_table_each(siblings: SimulatedSiblings) -> None:
    first = siblings.today + timedelta(days=1)

    output = run("optimize_schedules", "--from", str(first), "--to", str(first + timedelta(days=1)))

    assert DailySchedule.objects.count() == 2
    assert output.count("guests served") == 2


@pytest.mark.django_db
def test_the_plan_is_a_page_by_the_clocks_of_each_region(siblings: SimulatedSiblings, tmp_path: Path) -> None:
    file = tmp_path / "plan.html"

    [day] = plan("--dry-run", "--html", str(file))

    page = file.read_text(encoding="utf-8")
    departures = day["departures"].values()
    names = {html.escape(departure["trip_name"], quote=False) for departure in departures}
    assert all(name in page for name in names)
    first = min(departures, key=lambda departure: departure["starts_at"])
    assert datetime.fromisoformat(first["starts_at"]).strftime("%H:%M\u2013") in page
    assert f"{day['totals']['guests_served']} of {day['totals']['guests']}" in page
    reasons = [departure["unassigned_reason"]["message"] for departure in departures if not departure["team"]]
    assert all(html.escape(reason, quote=False) in page for reason in reasons)
    assert page.count("<svg viewBox") == len({departure["region_id"] for departure in departures})
    assert "Guests served, by priority" in page


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

    assert "1 request queued again" in run("rerun_requests", "--id", str(first.pk))
    assert "1 request queued again" in run("rerun_requests", "--failed")

    statuses = ScheduleRequest.objects.filter(pk__in=[first.pk, second.pk, waiting.pk])
    assert set(statuses.values_list("status", flat=True)) == {RequestStatus.PENDING}
    with pytest.raises(CommandError, match="There is no failed request"):
        run("rerun_requests", "--id", str(waiting.pk))


@pytest.mark.django_db
def test_failed_requests_are_queued_again_since_a_date() -> None:
    request = failed()
    tomorrow = request.created_at.date() + timedelta(days=1)

    assert "0 requests" in run("rerun_requests", "--since", str(tomorrow))
    assert "1 request queued" in run("rerun_requests", "--since", str(request.created_at.date()))


@pytest.mark.django_db
def test_a_dry_run_says_how_many_people_move_and_no_more_than_asked_for_do(siblings: SimulatedSiblings) -> None:
    plan()
    [day] = plan("--dry-run", "--max-changes", "0")

    assert day["totals"]["people_moved"] == 0
    [run] = day["runs"]
    assert OptimizationRun.objects.get(pk=run["run_id"]).detail.max_changes == 0


def in_a_process(*arguments: str) -> str:
    """What the command prints where nothing ran before it."""
    there = connection.settings_dict
    address = f"postgres://{there['USER']}@{there['HOST']}:{there['PORT']}/{there['NAME']}"
    command = [sys.executable, "manage.py", "optimize_schedules", *arguments]
    env = os.environ | {"DATABASE_URL": address}
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def plans_in(days: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The departures of each date, whenever the catalog was read for them."""
    return [
        {key: departure | {"catalog": departure["catalog"] | {"read_at": None}} for key, departure in planned.items()}
        for planned in (day["departures"] for day in days)
    ]


@pytest.mark.django_db(transaction=True)
def test_processes_side_by_side_make_the_plan_of_one(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, address in siblings.environment.items():
        monkeypatch.setenv(name, address)
    first = siblings.today + timedelta(days=1)
    dates = ["--from", str(first), "--to", str(first + timedelta(days=1))]

    alone, together = (plan("--dry-run", "--workers", number, *dates) for number in ("1", "2"))
    forked = json.loads(in_a_process("--json", "--dry-run", "--workers", "2", *dates))

    assert plans_in(forked) == plans_in(alone)
    assert plans_in(together) == plans_in(alone)
    assert [len(day["runs"]) for day in together] == [len(day["runs"]) for day in alone]


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [["--workers", "0"], ["--max-changes", "-1"], ["--workers", "two"]])
def test_a_number_that_makes_no_sense_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match=r"is not a whole number|expected one argument"):
        plan(*arguments)


@pytest.mark.django_db
def test_a_date_that_fails_leaves_the_others_planned_and_the_command_says_which(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, read = siblings.today + timedelta(days=1), take_planning_snapshot

    def silent(day: date, regions: Any) -> Snapshot:
        if day > first:
            raise SiblingUnavailable(Sibling.GUIDE_MANAGEMENT, "in time", "the time for it is over")
        return read(day, regions)

    monkeypatch.setattr("optimization.batch.planner.take_planning_snapshot", silent)

    with pytest.raises(CommandError, match=f"Not planned: {first + timedelta(days=1)}: svc-guide-management"):
        plan("--from", str(first), "--to", str(first + timedelta(days=1)))

    assert DailySchedule.objects.get().schedule_date == first


@pytest.mark.django_db
def test_a_run_that_was_joined_is_named(siblings: SimulatedSiblings, settings: Any) -> None:
    region = siblings.call("svc-trip-catalog", "/regions").json()["data"][0]
    plan("--region", region["name"])
    day = siblings.today + timedelta(days=1)
    done = OptimizationRun.objects.get()

    with announce_presence(day, [UUID(region["id"])], by="the night", run_id=done.pk):
        output = run("optimize_schedules", "--region", region["name"])

    assert f"Joined run {done.pk}" in output


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


@pytest.mark.django_db(transaction=True)
def test_side_by_side_too_a_date_that_cannot_be_read_stops_no_other(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread stands for the processes here."""
    days = [siblings.today + timedelta(days=n) for n in (1, 2, 3)]
    clusters = clusters_of(take_planning_snapshot(days[0], None))[:2]
    terms = PlanningTerms(Author(AuthorKind.OPTIMIZATION, "ana"), dry_run=True)

    def silent(day: date, regions: Any) -> Snapshot:
        if day == days[1]:
            raise SiblingUnavailable(Sibling.GUIDE_MANAGEMENT, "in time", "the time for it is over")
        return take_planning_snapshot(day, regions)

    monkeypatch.setattr("optimization.batch.planner.take_planning_snapshot", silent)
    with ThreadPoolExecutor(1) as thread:
        became = list(plan_dates(days, clusters, terms, pool=thread))
        thread.submit(connections.close_all)

    missing = [(outcome.day, outcome.region_ids) for outcome in became if isinstance(outcome, DateFailure)]
    assert sorted(missing, key=str) == sorted([(days[1], cluster) for cluster in clusters], key=str)
    assert len(became) == len(days) * len(clusters)
