"""What the tests of the events app share."""

from collections.abc import Callable, Iterator

import pytest

from events import inbox, outbox

RegisterDestination = Callable[[str, outbox.Deliver], None]
RegisterHandler = Callable[[str, inbox.Handler], None]


@pytest.fixture
def destination() -> Iterator[RegisterDestination]:
    """Register destinations that are gone after the test."""
    before = dict(outbox._destinations)
    yield outbox.register_destination
    outbox._destinations.clear()
    outbox._destinations.update(before)


@pytest.fixture
def handler() -> Iterator[RegisterHandler]:
    """Register handlers that are gone after the test."""
    before = dict(inbox._handlers)
    yield inbox.register_handler
    inbox._handlers.clear()
    inbox._handlers.update(before)


@pytest.fixture
def no_handlers(handler: RegisterHandler) -> None:
    """Nobody handles anything in this test."""
    inbox._handlers.clear()
