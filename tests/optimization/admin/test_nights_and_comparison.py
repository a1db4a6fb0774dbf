"""Nights, the comparison of two runs, and optimizing dates again."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from optimization.models import Night, NightDate, OptimizationRun, Proposal, RunJoin
from tests.factories import REGION_ID, TOMORROW
from tests.novatrek_scheduling.console.people import signed_in
from tests.novatrek_scheduling.console.rows import a_run, a_run_of_request
from tests.scheduling.requests.queues import queued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

RUNS = "/admin/optimization/optimizationrun/"
SUMMARY = {"departures": 20, "unstaffed": 2, "score": 88.5, "proofs": {"PROVEN": 3}, "joined": 1, "duration_ms": 61_000}


def choose(person: Client, action: str, *runs: OptimizationRun) -> Any:
    return person.post(RUNS, {"action": action, "_selected_action": [run.pk for run in runs]}, follow=True)


def a_night(**fields: Any) -> Night:
    return Night.objects.create(pk=uuid4(), first_day=TOMORROW, last_day=TOMORROW + timedelta(days=13), **fields)


def date_of(night: Night, **fields: Any) -> NightDate:
    return NightDate.objects.create(
        night=night, cluster=0, schedule_date=TOMORROW, region_ids=[str(REGION_ID)], **fields
    )


def page_of(night: Night) -> str:
    return signed_in("Auditor").get(reverse("admin:optimization_night_change", args=[night.pk])).content.decode()


def test_two_runs_are_laid_side_by_side() -> None:
    earlier, later = a_run(), a_run(unstaffed=1, solve_ms=7)

    answer = choose(signed_in("Auditor"), "compare", later, earlier)

    assert answer.redirect_chain[-1][0].endswith(f"compare/{earlier.pk}/{later.pk}/")
    page = answer.content.decode()
    assert "solved the same problem" in page
    rows = {row["name"]: row for row in answer.context["rows"]}
    assert (rows["unstaffed"]["values"], rows["unstaffed"]["difference"]) == (["2", "1"], "-1")
    assert not rows["score"]["differs"]


@pytest.mark.parametrize("count", [1, 3])
def test_only_two_are_compared(count: int) -> None:
    answer = choose(signed_in("Auditor"), "compare", *(a_run() for _ in range(count)))

    assert "Choose two runs to compare" in answer.content.decode()


def test_who_may_not_see_runs_compares_none() -> None:
    address = reverse("admin:optimization_optimizationrun_compare", args=[a_run().pk, a_run().pk])

    assert signed_in().get(address).status_code == 403
    missing = reverse("admin:optimization_optimizationrun_compare", args=[uuid4(), uuid4()])
    assert signed_in("Auditor").get(missing).status_code == 404


def test_a_run_tells_who_joined_it_and_how_many_people_it_moved() -> None:
    run = a_run(moved=2, max_changes=3)
    RunJoin.objects.create(run=run, by="zoe (optimization)")

    address = reverse("admin:optimization_optimizationrun_change", args=[run.pk])
    page = signed_in("Auditor").get(address).content.decode()

    assert "zoe (optimization)" in page
    assert "2 of at most 3" in page


def test_a_dispatcher_has_new_plans_proposed_and_is_told_what_cannot_be() -> None:
    coming, over = a_run(max_changes=3), a_run(TOMORROW - timedelta(days=3))
    queued("optimization")

    answer = choose(signed_in("Dispatcher"), "plan_again", coming, over, a_run_of_request(uuid4()))

    proposal = Proposal.objects.get()
    assert (proposal.schedule_date, proposal.region_ids, proposal.max_changes) == (TOMORROW, [str(REGION_ID)], 3)
    assert proposal.requested_by == "a dispatcher"
    assert answer.redirect_chain[-1][0] == reverse("console:proposal", args=[proposal.pk])
    page = answer.content.decode()
    for text in ("is over", "did not plan a day", "The proposal is being made"):
        assert text in page
    assert not any(len(arguments) > 1 for _, arguments in queued("optimization"))


def test_an_operations_manager_accepts_that_departures_lose_their_teams_and_a_dispatcher_may_not() -> None:
    refused, other = a_run(error="The plan breaks PUBLISHED_TEAMS and was not stored."), a_run(error="overlap")
    queued("optimization")

    choose(signed_in("Dispatcher"), "accept", refused)
    assert queued("optimization") == []

    answer = choose(signed_in("Operations manager"), "accept", refused, other)

    [(_, (days, _, _, cause, may_unstaff))] = queued("optimization")
    assert (days, may_unstaff) == ([str(TOMORROW)], True)
    assert cause == "a operations manager accepted that published departures lose their teams"
    assert f"Run {other.pk} was not refused for the teams it took" in answer.content.decode()


def test_an_auditor_has_nothing_proposed() -> None:
    choose(signed_in("Auditor"), "plan_again", a_run())

    assert not Proposal.objects.exists()


def test_a_night_under_way_tells_how_far_it_is() -> None:
    night = a_night()
    date_of(night, status=NightDate.Status.RUNNING)

    page = page_of(night)

    assert "0 of 1" in page
    assert "not yet" in page


def test_a_night_that_is_over_tells_what_came_of_it_and_what_failed() -> None:
    run = a_run()
    night = a_night(status=Night.Status.COMPLETED, completed_at=timezone.now(), summary=SUMMARY)
    date_of(night, status=NightDate.Status.FAILED, error="svc-guide-management is silent", run_id=run.pk)

    page = page_of(night)

    for text in ("88.5", "proven: 3", "svc-guide-management is silent", str(run.pk)):
        assert text in page


def test_the_list_of_nights_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    auditor = signed_in("Auditor")
    for _ in range(10):
        date_of(a_night(status=Night.Status.COMPLETED, summary=SUMMARY))

    with django_assert_max_num_queries(9):
        assert "2/20" in auditor.get("/admin/optimization/night/").content.decode()
