"""Sessions of the database that wait for each other."""

import time

from django.db import connection


def wait_until_a_session_is_blocked() -> None:
    """Return once another session of this test waits for an advisory lock."""
    deadline = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
                " WHERE NOT granted AND locktype = 'advisory' AND d.datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("no session waits for an advisory lock")
