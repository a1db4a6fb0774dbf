"""Dead letters: what could be neither sent nor handled, kept until a person replays or discards it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from events.error_text import storable_json, storable_text
from events.models import KEY_LENGTH, DeadLetter
from novatrek_scheduling.errors import Conflicting, Impossible

logger = structlog.get_logger(__name__)

Replay = Callable[[DeadLetter], None]
Prepare = Callable[[DeadLetter], Callable[[], object]]
Observer = Callable[[DeadLetter], None]

_replays: dict[str, Prepare] = {}
_observers: list[Observer] = []


class DeadLetterSettled(Conflicting):
    """Somebody replayed or discarded it first."""

    code = "DEAD_LETTER_SETTLED"


class NotReplayable(Impossible):
    """Nobody knows how to replay what comes from this source."""

    code = "DEAD_LETTER_NOT_REPLAYABLE"


class ReplayFailed(Conflicting):
    """The replay failed as the original did; the dead letter stays open."""

    code = "DEAD_LETTER_REPLAY_FAILED"


def register_replay(source: str, replay: Replay) -> None:
    """Let `replay(dead_letter)` redo what came from `source`; it runs in the transaction that settles it."""
    register_prepared_replay(source, lambda dead_letter: partial(replay, dead_letter))


def register_prepared_replay(source: str, prepare: Prepare) -> None:
    """Let `prepare(dead_letter)` find out what a replay needs; what it returns runs in the transaction that
    settles the dead letter, so that nobody else is asked while that is open.
    """
    _replays[source] = prepare


def on_dead_letter(observer: Observer) -> None:
    """Call `observer(dead_letter)` for each new dead letter, in the transaction that records it.

    A dead letter of the outbox names its `destination` in the payload: an observer that reports through
    that same destination must leave those out, or one failing receiver would be reported to for ever.
    """
    if observer not in _observers:
        _observers.append(observer)


@transaction.atomic
def record_dead_letter(*, source: str, reason: str, payload: dict[str, Any] | bytes, key: str = "") -> DeadLetter:
    """Keep what failed, with the reason; bytes are kept as they came, and as JSON where they are."""
    dead_letter = DeadLetter.objects.create(
        source=source,
        key=storable_text(key, KEY_LENGTH),
        reason=storable_text(reason),
        payload=storable_json(payload),
        original=payload if isinstance(payload, bytes) else None,
    )
    logger.error("dead_letter", source=source, dead_letter_id=dead_letter.pk, reason=dead_letter.reason)
    for observer in _observers:
        _tell(observer, dead_letter)
    return dead_letter


def replay(dead_letter: DeadLetter, *, by: str) -> None:
    """Do again what failed, once. Raises DeadLetterSettled, NotReplayable or ReplayFailed."""
    prepare = _replays.get(dead_letter.source)
    if prepare is None:
        raise NotReplayable(f"Dead letters from {dead_letter.source} cannot be replayed; discard it instead.")
    try:
        again = prepare(dead_letter)
        with transaction.atomic():
            _settle(dead_letter, replayed_at=timezone.now(), replayed_by=by)
            again()
    except DeadLetterSettled:
        raise
    except Exception as error:
        raise ReplayFailed(f"Dead letter {dead_letter.pk} failed again: {error}") from error
    dead_letter.refresh_from_db()


def discard(dead_letter: DeadLetter, *, by: str) -> None:
    """Close the dead letter without doing anything. Raises DeadLetterSettled."""
    _settle(dead_letter, discarded_at=timezone.now(), discarded_by=by)
    dead_letter.refresh_from_db()


def _settle(dead_letter: DeadLetter, **how: Any) -> None:
    # A second person waits here for the first one's transaction and then finds nothing open.
    if not DeadLetter.objects.open().filter(pk=dead_letter.pk).update(**how):
        raise DeadLetterSettled(f"Dead letter {dead_letter.pk} was replayed or discarded by someone else.")


def _tell(observer: Observer, dead_letter: DeadLetter) -> None:
    try:
        with transaction.atomic():
            observer(dead_letter)
    except Exception:
        # The dead letter matters more than its news.
        logger.exception("dead_letter_observer_failed", dead_letter_id=dead_letter.pk)
