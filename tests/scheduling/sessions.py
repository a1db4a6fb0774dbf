"""Sessions of the database that wait for each other."""

import time

from django.db import connection


def wait_until_a_session_is_blocked() -> None:
    """Return once another session of this test waits for a lock, of a guide or of a row."""
    deadline = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            # What a transaction has seen of the others' activity once, it goes on seeing.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("no session waits for a lock")
