"""Dead letters: messages neither sent nor handled, kept until a person replays or discards them."""

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
PrepareReplay = Callable[[DeadLetter], Callable[[], object]]
Observer = Callable[[DeadLetter], None]

_replays: dict[str, PrepareReplay] = {}
_observers: list[Observer] = []


class DeadLetterSettled(Conflicting):
    """The dead letter has already been replayed or discarded."""

    code = "DEAD_LETTER_SETTLED"


class NotReplayable(Impossible):
    """No replay is registered for the source of the dead letter."""

    code = "DEAD_LETTER_NOT_REPLAYABLE"


class ReplayFailed(Conflicting):
    """The replay failed as the original did; the dead letter stays open."""

    code = "DEAD_LETTER_REPLAY_FAILED"


def register_replay(source: str, replay: Replay) -> None:
    """Replay dead letters of `source` by `replay(dead_letter)`, in the transaction that closes the dead letter."""
    register_prepared_replay(source, lambda dead_letter: partial(replay, dead_letter))


def register_prepared_replay(source: str, prepare: PrepareReplay) -> None:
    """Replay dead letters of `source` by the callable that `prepare(dead_letter)` returns.

    `prepare` runs before the transaction that closes the dead letter and the callable inside it, so that
    no sibling is called while the transaction is open.
    """
    _replays[source] = prepare


def on_dead_letter(observer: Observer) -> None:
    """Call `observer(dead_letter)` for each new dead letter, in the transaction that records it.

    A dead letter of the outbox names its `destination` in the payload: an observer that reports through
    the same destination must skip those, otherwise each failed report would cause another one.
    """
    if observer not in _observers:
        _observers.append(observer)


@transaction.atomic
def record_dead_letter(*, source: str, reason: str, payload: dict[str, Any] | bytes, key: str = "") -> DeadLetter:
    """Store a failed message with the reason; bytes are stored unchanged, and also as JSON where they are JSON."""
    dead_letter = DeadLetter.objects.create(
        source=source,
        key=storable_text(key, KEY_LENGTH),
        reason=storable_text(reason),
        payload=storable_json(payload),
        original=payload if isinstance(payload, bytes) else None,
    )
    logger.error("dead_letter", source=source, dead_letter_id=dead_letter.pk, reason=dead_letter.reason)
    for observer in _observers:
        _notify(observer, dead_letter)
    return dead_letter


def replay(dead_letter: DeadLetter, *, by: str) -> None:
    """Repeat the failed operation of an open dead letter and close it, in the name of `by`.

    Raise DeadLetterSettled if it was closed before, NotReplayable if its source has no replay, and
    ReplayFailed, leaving it open, if the operation fails again.
    """
    prepare = _replays.get(dead_letter.source)
    if prepare is None:
        raise NotReplayable(f"Dead letters from {dead_letter.source} cannot be replayed; discard it instead.")
    try:
        run_replay = prepare(dead_letter)
        with transaction.atomic():
            _close(dead_letter, replayed_at=timezone.now(), replayed_by=by)
            run_replay()
    except DeadLetterSettled:
        raise
    except Exception as error:
        raise ReplayFailed(f"Dead letter {dead_letter.pk} failed again: {error}") from error
    dead_letter.refresh_from_db()


def discard(dead_letter: DeadLetter, *, by: str) -> None:
    """Close a dead letter unreplayed, in the name of `by`. Raise DeadLetterSettled if it was closed before."""
    _close(dead_letter, discarded_at=timezone.now(), discarded_by=by)
    dead_letter.refresh_from_db()


def _close(dead_letter: DeadLetter, **changes: Any) -> None:
    # A concurrent call waits here for the row lock of the first one and then finds nothing open.
    if not DeadLetter.objects.open().filter(pk=dead_letter.pk).update(**changes):
        raise DeadLetterSettled(f"Dead letter {dead_letter.pk} was replayed or discarded by someone else.")


def _notify(observer: Observer, dead_letter: DeadLetter) -> None:
    try:
        with transaction.atomic():
            observer(dead_letter)
    except Exception:
        # A failing observer must not lose the dead letter.
        logger.exception("dead_letter_observer_failed", dead_letter_id=dead_letter.pk)
