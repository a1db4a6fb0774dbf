"""Edits named to PostgreSQL, which stores them in the document with the next write of its row."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from django.db import connection


def name_edits(schedule_id: UUID, since_rev: int, edits: Mapping[str, Any]) -> None:
    """Name the changed departures and entries that the write of a daily schedule at `since_rev` stores.

    They hold until the transaction ends, for that write alone: after it the row is at another revision.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduling.name_edits(%s, %s, %s)", [schedule_id, since_rev, orjson.dumps(edits).decode()]
        )
