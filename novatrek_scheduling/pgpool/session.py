"""A separate database connection, which is in no pool and which Django does not close."""

from typing import Any

import psycopg
from django.db import connection

DJANGO_ONLY = {"cursor_factory", "context"}


def open_session() -> psycopg.Connection[Any]:
    """Open an autocommit connection to the default database. Raise psycopg.OperationalError if that fails."""
    parameters = connection.get_connection_params()
    parameters = {name: value for name, value in parameters.items() if name not in DJANGO_ONLY}
    return psycopg.connect(**parameters, autocommit=True)
