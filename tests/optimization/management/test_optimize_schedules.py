"""Planning dates, as an operator types it."""

import html
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError

from events.models import OutboxMessage
from optimization.models import OptimizationRun, RunStatus
from scheduling.daily_schedules.presence import announce_presence
from scheduling.models import DailySchedule
from tests.optimization.management.typed import plan, run
from tests.optimization.spoilt_dates import spoil_departures
from tests.siblings import SimulatedSiblings


@pytest.fixture
def few_regions(siblings: SimulatedSiblings) -> SimulatedSiblings:
    """Two regions and their guides: what is asked here needs no more."""
    siblings.keep(siblings.summary()["region_ids"][:2], guides=24)
    return siblings


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_shows_the_plan_and_stores_only_its_runs(few_regions: SimulatedSiblings) -> None:
    [day] = plan("--dry-run")

    assert day["date"] == str(few_regions.today + timedelta(days=1))
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
def test_several_dates_come_as_a_table_each(few_regions: SimulatedSiblings) -> None:
    first = few_regions.today + timedelta(days=1)

    output = run("optimize_schedules", "--from", str(first), "--to", str(first + timedelta(days=1)))

    assert DailySchedule.objects.count() == 2
    assert output.count("guests served") == 2


@pytest.mark.django_db
def test_the_plan_is_a_page_by_the_clocks_of_each_region(few_regions: SimulatedSiblings, tmp_path: Path) -> None:
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


@pytest.mark.django_db
def test_a_dry_run_says_how_many_people_move_and_no_more_than_asked_for_do(few_regions: SimulatedSiblings) -> None:
    plan()
    [day] = plan("--dry-run", "--max-changes", "0")

    assert day["totals"]["people_moved"] == 0
    [run] = day["runs"]
    assert OptimizationRun.objects.get(pk=run["run_id"]).detail.max_changes == 0


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [["--workers", "0"], ["--max-changes", "-1"], ["--workers", "two"]])
def test_a_number_that_makes_no_sense_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match=r"is not a whole number|expected one argument"):
        plan(*arguments)


@pytest.mark.django_db
def test_a_date_that_fails_leaves_the_others_planned_and_the_command_says_which(
    few_regions: SimulatedSiblings,
) -> None:
    first, last = (few_regions.today + timedelta(days=n) for n in (1, 3))
    spoil_departures(few_regions, first + timedelta(days=1))

    with pytest.raises(CommandError, match=f"Not planned: {first + timedelta(days=1)}: svc-trip-catalog"):
        plan("--from", str(first), "--to", str(last))

    assert [schedule.schedule_date for schedule in DailySchedule.objects.order_by("schedule_date")] == [first, last]


@pytest.mark.django_db
def test_a_run_that_was_joined_is_named(siblings: SimulatedSiblings, settings: Any) -> None:
    region = siblings.call("svc-trip-catalog", "/regions").json()["data"][0]
    plan("--region", region["name"])
    day = siblings.today + timedelta(days=1)
    done = OptimizationRun.objects.get()

    with announce_presence(day, [UUID(region["id"])], by="the night", run_id=done.pk):
        output = run("optimize_schedules", "--region", region["name"])

    assert f"Joined run {done.pk}" in output
