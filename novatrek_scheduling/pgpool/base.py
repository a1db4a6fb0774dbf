"""Django's PostgreSQL backend with a connection pool that survives forks and database restarts.

The stock pool has two faults. A child forked after a query shares its parent's sockets, so that responses
to one process reach another. After a restart of the database its health check waits longer and longer
between dead connections, until requests time out. Here a child drops its parent's pool, and idle
connections that the server has closed are detected by polling their sockets, without a round trip.
"""

import os
import select
from typing import Any

from django.db import connections
from django.db.backends.postgresql import base, operations


class DatabaseOperations(operations.DatabaseOperations):
    """Those of PostgreSQL, which name the text of a prepared statement too: the driver forgets it."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """Return the statement as it was executed; a prepared one with the places of its values."""
        return super().last_executed_query(cursor, sql, params) or str(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, with a pool that is opened and checked before a connection is taken from it."""

    ops_class = DatabaseOperations

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        pool = self.pool
        if pool:
            pool.open()
            if _any_closed_by_server(pool):
                pool.check()
        return super().get_new_connection(conn_params)


def _any_closed_by_server(pool: Any) -> bool:
    idle = [connection.fileno() for connection in list(pool._pool) if not connection.closed]
    if not idle:
        return False
    poll = select.poll()
    for descriptor in idle:
        poll.register(descriptor, select.POLLIN)
    # Nothing arrives on an idle connection, so one that is readable was closed by the server.
    return bool(poll.poll(0))


def _drop_connections_of_parent() -> None:
    for connection in connections.all(initialized_only=True):
        connection.connection = None
    base.DatabaseWrapper._connection_pools.clear()  # type: ignore[attr-defined]


os.register_at_fork(after_in_child=_drop_connections_of_parent)
