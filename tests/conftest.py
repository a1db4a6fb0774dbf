"""Fixtures that every test may use."""

import os
from collections.abc import Iterator

import pytest
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from tests.kept_rows import put_only, take_rows
from tests.siblings import siblings, siblings_process  # noqa: F401 (fixtures)

MOST_PROCESSES = 6

# An example takes as long as the machine is busy, to draw it too: a test that hangs has the deadline of all tests.
hypothesis_settings.register_profile(
    "busy", hypothesis_settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("busy")
# What `make fuzz` tries, and a night has time for.
hypothesis_settings.register_profile("thorough", hypothesis_settings.default, max_examples=400)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: some tests do nothing but wait for the processes of a service."""
    return min((os.cpu_count() or 1) + 1, MOST_PROCESSES)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process ends the run alone with it."""
    items.sort(key=_seconds_allowed, reverse=True)


def _seconds_allowed(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker else 0.0


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a test with real transactions the tables are as the migrations left them, which Django's flush is not for.

    The flush takes the groups as well, and makes all permissions anew.
    """
    with django_db_blocker.unblock():
        migrated = take_rows(with_django=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: put_only(migrated))
        yield


@pytest.fixture(autouse=True)
def _speed_of_this_machine_decides_nothing(settings: Settings) -> None:
    """Deadlines long enough for any machine; tests of a deadline name their own."""
    settings.SNAPSHOT_DEADLINE_SECONDS = {"worker": 30.0, "interactive": 30.0, "names": 30.0}
    settings.QUESTION_BUDGET_SECONDS = 30.0
    settings.RESOLUTION_OPTIONS_SECONDS = 30.0


@pytest.fixture(autouse=True)
def _nobody_waits_for_a_relay_that_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages stay in the outbox, but for tests that have a relay deliver them and say how long that may take."""
    monkeypatch.setattr("conflicts.resolution.deliveries.WAIT_SECONDS", 0.0)


@pytest.fixture
def groups(db: None) -> None:
    """The groups of the console, as the migrations made them."""
