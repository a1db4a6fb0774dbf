"""Queueing of tasks by name, and the connection over which it is done."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
import redis
from celery import Celery, current_app, shared_task
from django.conf import settings
from kombu.pools import producers

from novatrek_scheduling.broker import Transport
from novatrek_scheduling.queue import QueueUnavailable, send_task

QUEUE, ARGUMENTS = "messages-compared", ["2027-05-01", ["north", "süd"], None, 7]
WAYS: dict[str, dict[str, Any]] = {
    "with a priority": {"queue": QUEUE, "priority": 3},
    "without one": {"queue": QUEUE},
    "delayed": {"queue": QUEUE, "delay": timedelta(minutes=5)},
}
OF_ONE_MESSAGE = ("id", "root_id", "correlation_id", "delivery_tag", "eta")


def taken(queue: str) -> list[dict[str, Any]]:
    """Take the messages out of a queue: the parts that a worker reads, the most urgent first, then the oldest."""
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    messages = []
    for step in settings.CELERY_BROKER_TRANSPORT_OPTIONS["priority_steps"]:
        while raw := broker.rpop(f"{queue}:{step}" if step else queue):
            message = json.loads(raw)
            body = json.loads(base64.b64decode(message.pop("body")))
            messages.append({**message.pop("headers"), **message.pop("properties"), **message, "body": body})
    return messages


def sent_by_celery(task: str, *, delay: timedelta = timedelta(), **options: Any) -> None:
    current_app.send_task(task, args=ARGUMENTS, countdown=delay.total_seconds() or None, retry=False, **options)


@shared_task
def queue_both(way: str) -> None:
    send_task(queue_both.name, *ARGUMENTS, **WAYS[way])
    sent_by_celery(queue_both.name, **WAYS[way])


def without_own_ids(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message with what is another in each message told only by whether it is there.

    The limits of its time are left out: who has not loaded the task knows none, and the worker then takes the task's.
    """
    return message | {name: bool(message[name]) for name in OF_ONE_MESSAGE} | {"timelimit": None}


@pytest.mark.parametrize("way", WAYS)
def test_a_task_is_queued_by_the_message_that_celery_itself_sends(way: str) -> None:
    queue_both(way)
    ours, theirs = taken(QUEUE)

    assert without_own_ids(ours) == without_own_ids(theirs)
    assert ours["id"] == ours["root_id"] == ours["correlation_id"] != theirs["id"]


def test_a_task_without_a_priority_comes_after_what_somebody_waits_for() -> None:
    taken(settings.CELERY_TASK_DEFAULT_QUEUE)

    send_task("conflicts.compute_options", ["a conflict"])
    send_task("a task that is loaded by workers alone")

    assert [message["priority"] for message in taken(settings.CELERY_TASK_DEFAULT_QUEUE)] == [6, 6]


def test_a_task_that_a_task_queues_names_it_as_its_parent() -> None:
    parent = queue_both.apply(["without one"])
    ours, theirs = taken(QUEUE)

    assert without_own_ids(ours) == without_own_ids(theirs)
    assert (ours["root_id"], ours["parent_id"]) == (parent.id, parent.id)


def test_without_a_queue_the_route_of_a_task_decides() -> None:
    taken("optimization")

    send_task("optimization.optimize_nothing", *ARGUMENTS)

    assert [message["body"][0] for message in taken("optimization")] == [ARGUMENTS]


def test_a_queue_that_cannot_be_reached_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with current_app.connection_for_write("redis://127.0.0.1:1/1", transport=Transport) as nowhere:
        monkeypatch.setattr(Celery, "producer_pool", producers[nowhere])

        with pytest.raises(QueueUnavailable):
            send_task("tests.any", queue=QUEUE)


def test_a_channel_keeps_its_client_until_a_fork_drops_its_connections() -> None:
    with current_app.connection_for_write() as connection:
        channel = connection.channel()
        with channel.conn_or_acquire() as first, channel.conn_or_acquire() as second:
            assert first is second
            with channel.conn_or_acquire("a client of the caller") as given:
                assert given == "a client of the caller"

        channel._after_fork()

        with channel.conn_or_acquire() as fresh:
            assert fresh is not first
            assert fresh.ping()
