"""What becomes of messages after a delivery: sent, to be tried again, or given up as dead letters."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from events import backoff
from events.dead_letters import record_dead_letter
from events.error_text import explanation
from events.models import OutboxMessage
from events.outbox import DEAD_LETTER_SOURCE, DeliveryRefused, Destination, Failures

logger = structlog.get_logger(__name__)

# Where a message is never given up, the whole destination is away: look often, to catch up at once.
LONGEST_PAUSE_WITHOUT_END_SECONDS = 10.0


@transaction.atomic
def settle(destination: Destination, messages: Sequence[OutboxMessage], failures: Failures) -> int:
    """Note how the delivery of `messages` ended, and answer how many are sent. Doing it twice is safe.

    What follows a message that is to be tried again stays unsent, delivered or not: the receiver gets
    it once more after the other, and so has the last word last.
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
            _give_up(message, error)
        else:
            _try_later(destination, message, error)
            held_back[message.key] = error
    _log(destination, held_back)
    unsent = OutboxMessage.objects.unsent().filter(pk__in=sent)
    return unsent.update(sent_at=timezone.now(), attempts=F("attempts") + 1, last_error="")


def _log(destination: Destination, held_back: dict[str, Exception]) -> None:
    if held_back:
        # One line for all: with Kafka away there may be hundreds.
        reason = explanation(next(iter(held_back.values())))
        logger.warning("not_delivered", destination=destination.name, keys=len(held_back), reason=reason)


def _is_final(destination: Destination, message: OutboxMessage, error: Exception) -> bool:
    patience_is_over = destination.gives_up and backoff.is_out_of_patience(message.attempts + 1)
    return patience_is_over or isinstance(error, DeliveryRefused)


def _try_later(destination: Destination, message: OutboxMessage, error: Exception) -> None:
    longest = backoff.LONGEST_PAUSE_SECONDS if destination.gives_up else LONGEST_PAUSE_WITHOUT_END_SECONDS
    pause = backoff.pause_seconds(message.attempts + 1, first=backoff.FIRST_PAUSE_SECONDS, longest=longest)
    _note_failure(message, error, next_attempt_at=timezone.now() + timedelta(seconds=pause))


def _give_up(message: OutboxMessage, error: Exception) -> None:
    if not _note_failure(message, error, failed_at=timezone.now()):
        return
    described = {name: getattr(message, name) for name in ("id", "destination", "kind", "url", "payload")}
    record_dead_letter(
        source=DEAD_LETTER_SOURCE,
        key=message.key,
        reason=f"{message.destination}: {explanation(error)}",
        payload=described,
    )


def _note_failure(message: OutboxMessage, error: Exception, **what: Any) -> int:
    unsent = OutboxMessage.objects.unsent().filter(pk=message.pk)
    return unsent.update(attempts=message.attempts + 1, last_error=explanation(error), **what)
