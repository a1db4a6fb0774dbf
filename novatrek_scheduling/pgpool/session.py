"""A database connection of one's own, beside Django's: it is in no pool, and nobody else closes it."""

from typing import Any

import psycopg
from django.db import connection

DJANGOS_OWN = {"cursor_factory", "context"}


def open_session() -> psycopg.Connection[Any]:
    """A new autocommit connection to the default database. Raises psycopg.OperationalError."""
    parameters = connection.get_connection_params()
    parameters = {name: value for name, value in parameters.items() if name not in DJANGOS_OWN}
    return psycopg.connect(**parameters, autocommit=True)
