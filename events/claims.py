"""Who works on which key: session-level advisory locks, so that a dead relay's claims die with it."""

import zlib
from collections.abc import Collection

from django.db import connection

LOCK_SPACE = zlib.crc32(b"scheduling outbox") & 0x7FFFFFFF


def claim_keys(destination: str, keys: Collection[str]) -> set[str]:
    """Lock the (destination, key) pairs that nobody else works on, and return their keys.

    A session gets again what it holds already: the caller remembers what it has in hand.
    """
    sql = "SELECT key, pg_try_advisory_lock(%s, hashtext(%s || ':' || key)) FROM unnest(%s::text[]) AS key"
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCK_SPACE, destination, list(keys)])
        return {key for key, granted in cursor.fetchall() if granted}


def release_keys(destination: str, keys: Collection[str]) -> None:
    """Unlock what this session claimed once."""
    sql = "SELECT pg_advisory_unlock(%s, hashtext(%s || ':' || key)) FROM unnest(%s::text[]) AS key"
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCK_SPACE, destination, list(keys)])
