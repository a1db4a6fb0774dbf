"""What the tests of the events app share."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from events import dead_letters, inbox, outbox
from tests.novatrek_scheduling.console.people import signed_in

RegisterDestination = Callable[[str, outbox.Deliver], None]
RegisterHandler = Callable[[str, inbox.Handler], None]


@pytest.fixture(autouse=True)
def _no_other_app_observes() -> Iterator[None]:
    """Dead letters of these tests are news to nobody."""
    before = list(dead_letters._observers)
    dead_letters._observers.clear()
    yield
    dead_letters._observers[:] = before


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


@pytest.fixture
def admin_client(db: None) -> Client:
    """A person who may do everything. The one of pytest-django has a password, whose hashing takes most of a test."""
    return signed_in(is_superuser=True)
