"""Fixtures that every test may use."""

import os
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import settings as hypothesis_settings
from pytest_django.fixtures import Settings

from scheduling.models.triggers import MAINTENANCE, PRINCIPAL
from tests.siblings import siblings, siblings_process  # noqa: F401 (fixtures)

MOST_PROCESSES = 6

# What `make fuzz` tries, and a night has time for.
hypothesis_settings.register_profile("thorough", max_examples=400)


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


@pytest.fixture(autouse=True)
def _tables_may_be_emptied_after_a_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """The flush behind a test with real transactions names the principal that truncating asks for."""
    marker = request.node.get_closest_marker("django_db")
    by_marker = marker is not None and marker.kwargs.get("transaction", False)
    if not by_marker and not {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    _name_principal("")
    yield
    _name_principal(MAINTENANCE)


def _name_principal(principal: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [PRINCIPAL, principal])


@pytest.fixture(autouse=True)
def _speed_of_this_machine_decides_nothing(settings: Settings) -> None:
    """Deadlines long enough for any machine; tests of a deadline name their own."""
    settings.SNAPSHOT_DEADLINE_SECONDS = {"worker": 30.0, "interactive": 30.0, "names": 30.0}
    settings.QUESTION_BUDGET_SECONDS = 30.0
    settings.RESOLUTION_OPTIONS_SECONDS = 30.0


@pytest.fixture
def groups(db: None) -> None:
    """The groups of the console, which the flush behind another test may have taken."""
    for migration, function in (
        ("scheduling.migrations.0003_groups", "make_groups"),
        ("scheduling.migrations.0005_calendar_permissions", "grant"),
        ("scheduling.migrations.0006_dispatchers_change_schedules", "grant"),
        ("optimization.migrations.0003_reading_nights", "grant"),
        ("scheduling.migrations.0016_accepting_answers", "grant"),
    ):
        getattr(import_module(migration), function)(apps, connection.schema_editor())
