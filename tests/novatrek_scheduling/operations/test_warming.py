"""A task child opens before its first task what that would wait for."""

from typing import Any

import pytest
from django.db import connection

from novatrek_scheduling.operations.warming import warm_process
from novatrek_scheduling.sandbox.embedded import free_port


@pytest.mark.django_db(transaction=True)
def test_the_first_task_finds_the_connection_to_the_database_open() -> None:
    connection.close()

    warm_process()

    assert connection.connection is not None


@pytest.mark.django_db
def test_a_child_starts_without_valkey(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    nowhere = {"LOCATION": f"redis://127.0.0.1:{free_port()}/0"}
    settings.CACHES = {name: cache | nowhere for name, cache in settings.CACHES.items()}

    warm_process()

    assert "process_not_warmed" in caplog.text
