"""The outcomes of deliveries: messages become sent, scheduled for a retry, or dead letters."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from events import backoff
from events.dead_letters import record_dead_letter
from events.error_text import describe_error
from events.models import OutboxMessage
from events.outbox import DEAD_LETTER_SOURCE, DeliveryRefused, Destination, Failures

logger = structlog.get_logger(__name__)

# A destination that is retried for ever fails only as a whole: short pauses let it catch up soon after an outage.
LONGEST_PAUSE_OF_ENDLESS_RETRIES_SECONDS = 10.0


@transaction.atomic
def record_outcomes(destination: Destination, messages: Sequence[OutboxMessage], failures: Failures) -> int:
    """Record the outcomes of delivering `messages`, and return the number of those sent. Idempotent.

    A message behind one of its key that is to be retried stays unsent, delivered or not: the receiver gets
    it again after the retried one, so that the latest message of a key arrives last.
    """
    sent: list[int] = []
    held_back: dict[str, Exception] = {}
    for message in messages:
        error = failures.get(message.pk)
        if message.key in held_back:
            continue
        if error is None:
            sent.append(message.pk)
        elif _is_final(destination, message, error):
            _make_dead_letter(message, error)
        else:
            _schedule_retry(destination, message, error)
            held_back[message.key] = error
    _log(destination, held_back)
    unsent = OutboxMessage.objects.unsent().filter(pk__in=sent)
    return unsent.update(sent_at=timezone.now(), attempts=F("attempts") + 1, last_error="")


def _log(destination: Destination, held_back: dict[str, Exception]) -> None:
    if held_back:
        # One line for all keys: during an outage of Kafka there may be hundreds.
        reason = describe_error(next(iter(held_back.values())))
        logger.warning("not_delivered", destination=destination.name, keys=len(held_back), reason=reason)


def _is_final(destination: Destination, message: OutboxMessage, error: Exception) -> bool:
    is_expired = destination.gives_up and backoff.is_retry_budget_spent(message.attempts + 1)
    return is_expired or isinstance(error, DeliveryRefused)


def _schedule_retry(destination: Destination, message: OutboxMessage, error: Exception) -> None:
    longest = backoff.LONGEST_PAUSE_SECONDS if destination.gives_up else LONGEST_PAUSE_OF_ENDLESS_RETRIES_SECONDS
    pause = backoff.pause_seconds(message.attempts + 1, first=backoff.FIRST_PAUSE_SECONDS, longest=longest)
    _record_failure(message, error, next_attempt_at=timezone.now() + timedelta(seconds=pause))


def _make_dead_letter(message: OutboxMessage, error: Exception) -> None:
    if not _record_failure(message, error, failed_at=timezone.now()):
        return
    description = {name: getattr(message, name) for name in ("id", "destination", "kind", "url", "payload")}
    record_dead_letter(
        source=DEAD_LETTER_SOURCE,
        key=message.key,
        reason=f"{message.destination}: {describe_error(error)}",
        payload=description,
    )


def _record_failure(message: OutboxMessage, error: Exception, **changes: Any) -> int:
    unsent = OutboxMessage.objects.unsent().filter(pk=message.pk)
    return unsent.update(attempts=message.attempts + 1, last_error=describe_error(error), **changes)
