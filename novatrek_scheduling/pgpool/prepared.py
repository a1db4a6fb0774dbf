"""Statements that the server parses and plans once a connection, for those whose planning takes longer than they do."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper


def prepared_cursor() -> CursorWrapper:
    """Return a cursor on the default database that prepares the statements which a connection sends again and again.

    For statements in SQL of which there are few texts: each is kept on each connection of the pool. Name the columns of
    the result, because a plan that is kept may not change them. The values are bound by the server, which wants the
    type of each to follow from its place or from a cast.
    """
    # Not its proxy, which looks it up anew for each attribute.
    database: Any = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors:
        cursor: CursorWrapper = database._prepare_cursor(_ServerBindingCursor(database.connection))
    return cursor


def array_of(ids: Iterable[UUID]) -> str:
    """Return ids as an array of PostgreSQL's, to be cast to `uuid[]`: the driver takes longer for them, one by one."""
    return f"{{{','.join([key.hex for key in ids])}}}"


_ServerBindingCursor: Any = base.ServerBindingCursor
