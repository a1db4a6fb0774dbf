"""The messages in the queues of the workers."""

import base64
import json
from typing import Any

import redis
from django.conf import settings


def queued(queue: str) -> list[tuple[int, list[Any]]]:
    """Take the tasks out of a queue: priority and arguments, the most urgent first."""
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    tasks = []
    for step in settings.CELERY_BROKER_TRANSPORT_OPTIONS["priority_steps"]:
        while raw := broker.rpop(f"{queue}:{step}" if step else queue):
            arguments, *_ = json.loads(base64.b64decode(json.loads(raw)["body"]))
            tasks.append((step, arguments))
    return tasks
