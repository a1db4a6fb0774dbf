"""Fixtures that every test may use."""

from collections.abc import Iterator

import pytest
from django.db import connection

from scheduling.models.triggers import MAINTENANCE, PRINCIPAL
from tests.siblings import siblings, siblings_process  # noqa: F401 (fixtures)


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
