"""Rows that many tests begin with: written once in a process, and put back as they were for the next test."""

from collections.abc import Iterable, Mapping

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

Rows = Mapping[str, bytes]

_TABLES = (
    "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables"
    " WHERE schemaname = 'scheduling' AND NOT tablename LIKE ANY (%s) ORDER BY tablename"
)
_OF_DJANGO = ["django\\_%", "auth\\_%"]
_OF_MIGRATING = ["django\\_migrations"]


def take_rows(*, with_django: bool = False) -> Rows:
    """All rows of our tables, by table; `with_django` also permissions, groups, users and all else but migrations."""
    with connection.cursor() as cursor:
        copies = {}
        for table in _tables(cursor, but=_OF_MIGRATING if with_django else _OF_DJANGO):
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                copies[table] = b"".join(copy)
    return {table: rows for table, rows in copies.items() if rows}


def put_rows(rows: Rows) -> None:
    """Add rows as they were taken: triggers and foreign keys had their say when these were written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        _put(cursor, rows)
        cursor.execute("SET LOCAL session_replication_role = origin")


def put_only(rows: Rows) -> None:
    """Empty the tables, of Django's too, and add rows that were taken."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        if written := _with_rows(cursor, _tables(cursor, but=_OF_MIGRATING)):
            cursor.execute(f"TRUNCATE {', '.join(written)} CASCADE")
        _put(cursor, rows)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _put(cursor: CursorWrapper, rows: Rows) -> None:
    for table, lines in rows.items():
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            copy.write(lines)


def _tables(cursor: CursorWrapper, *, but: list[str]) -> list[str]:
    cursor.execute(_TABLES, [but])
    return [table for (table,) in cursor.fetchall()]


def _with_rows(cursor: CursorWrapper, tables: Iterable[str]) -> list[str]:
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)  # noqa: S608
    cursor.execute(" UNION ALL ".join(asked))
    return [table for (table,) in cursor.fetchall()]
