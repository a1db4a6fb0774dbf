import base64
import json
from datetime import timedelta
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from conflicts.choices import Strategy
from conflicts.models import ScheduleConflict
from conflicts.resolution.option_search import compute_options, state_problem
from conflicts.resolution.shared_reading import SharedReading
from conflicts.tasks import compute_options_task
from tests.conflicts.factories import overfull
from tests.conflicts.planned import plan_a_day
from tests.factories import at
from tests.siblings import SimulatedSiblings


@pytest.mark.django_db
def test_options_are_queued_once_for_what_a_write_newly_breaks(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as queued:
        overfull()

    assert len(queued) == 1


@pytest.mark.django_db
def test_the_queued_message_names_the_task_and_the_conflicts(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        conflict = overfull()

    queue = f"{settings.CELERY_TASK_DEFAULT_QUEUE}:{settings.CELERY_TASK_DEFAULT_PRIORITY}"
    messages = [json.loads(raw) for raw in redis.Redis.from_url(settings.CELERY_BROKER_URL).lrange(queue, 0, -1)]
    assert (compute_options_task.name, [[str(conflict.pk)]]) in [
        (message["headers"]["task"], json.loads(base64.b64decode(message["body"]))[0]) for message in messages
    ]


@pytest.mark.django_db
def test_the_task_stores_options_with_the_conflict(siblings: SimulatedSiblings) -> None:
    planned = plan_a_day(siblings)
    conflict = planned.send_lead_away(planned.staffed()[0])

    compute_options_task([str(conflict.pk)])

    stored = ScheduleConflict.objects.get(pk=conflict.pk).details["resolution_options"]
    assert stored[0]["strategy"] == Strategy.REASSIGN_GUIDE
    assert stored[-1]["strategy"] == Strategy.ACCEPT_RISK


@pytest.mark.django_db
def test_what_conflicts_of_one_date_have_in_common_is_read_once(siblings: SimulatedSiblings) -> None:
    planned = plan_a_day(siblings)
    first, second = (planned.send_lead_away(key) for key in planned.staffed()[:2])
    alone = compute_options(second, deadline_seconds=10)
    shared = SharedReading()
    compute_options(first, deadline_seconds=10, shared=shared)
    siblings.switch("svc-trail-management", "down")

    with CaptureQueriesContext(connection) as queries:
        together = compute_options(second, deadline_seconds=10, shared=shared)

    assert [option.id for option in together] == [option.id for option in alone]
    assert not [query for query in queries.captured_queries if 'FROM "daily_schedules"' in query["sql"]]


@pytest.mark.django_db
def test_the_teams_of_all_conflicts_of_one_trail_are_certified_with_the_first_of_them(
    siblings: SimulatedSiblings,
) -> None:
    planned = plan_a_day(siblings)
    first, second, guide_id = planned.staffed()[0], uuid4(), uuid4()
    departure = planned.departure(first)
    other_team = [departure.team[0].model_copy(update={"guide_id": guide_id})]
    planned.add({second: departure.model_copy(update={"team": other_team, "reservations": {}})})
    conflict = planned.send_lead_away(first)

    problems = [
        state_problem(conflict, deadline_seconds=10, shared=SharedReading(frozenset(about)))
        for about in ({first}, {first, second})
    ]

    assert [guide_id in problem.facts.snapshot.certificates for problem in problems if problem] == [False, True]


@pytest.mark.django_db
def test_what_is_around_departures_of_one_date_is_read_once_whatever_their_hours_are(
    siblings: SimulatedSiblings,
) -> None:
    planned, shared = plan_a_day(siblings), SharedReading()
    conflicts = []
    for departure_id, hour in zip(planned.staffed(), (5, 22), strict=False):
        starts_at = at(hour, day=planned.day)
        planned.edit(departure_id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1, minutes=30))
        conflicts.append(planned.send_lead_away(departure_id))

    with CaptureQueriesContext(connection) as queries:
        problems = [state_problem(conflict, deadline_seconds=10, shared=shared) for conflict in conflicts]

    read = [query for query in queries.captured_queries if "AS begins" in query["sql"]]
    assert (len(problems), len(read)) == (2, 1)


@pytest.mark.django_db
def test_conflicts_for_which_no_time_is_left_are_queued_again(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    conflicts = [overfull(), overfull()]
    monkeypatch.setattr("conflicts.tasks.SEARCHING_SECONDS", 0.0)

    with django_capture_on_commit_callbacks() as queued:
        compute_options_task([str(conflict.pk) for conflict in conflicts])

    assert len(queued) == 1
    assert not ScheduleConflict.objects.filter(details__has_key="options_form").exists()
