import base64
import json

import pytest
import redis
from django.conf import settings
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from conflicts.choices import Strategy
from conflicts.models import ScheduleConflict
from conflicts.tasks import compute_options_task
from tests.conflicts.factories import overfull
from tests.conflicts.planned import plan_a_day
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
