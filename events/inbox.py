"""Events from other services: each has its effect exactly once."""

from collections.abc import Callable
from typing import Any

Handler = Callable[[dict[str, Any]], None]

_handlers: dict[str, Handler] = {}


class TryAgain(Exception):
    """A handler met contention, not an error: it is to be called again after a pause."""


def register_handler(event_type: str, handler: Handler) -> None:
    """Handle events of `event_type` with `handler(payload)`, in the transaction that marks them handled."""
    _handlers[event_type] = handler
