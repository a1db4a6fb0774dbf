"""Statements that the server plans once a connection."""

from uuid import uuid4

import pytest
from django.db import connection

from novatrek_scheduling.pgpool.prepared import array_of, prepared_cursor

STATEMENT = "SELECT name FROM guests WHERE id = %s"
OFTEN = 8


def name_of(guest: int) -> str:
    with prepared_cursor() as cursor:
        cursor.execute(STATEMENT, [guest])
        (name,) = cursor.fetchone()
    return str(name)


@pytest.mark.django_db
def test_ids_are_sent_as_one_array() -> None:
    ids = [uuid4(), uuid4()]

    with prepared_cursor() as cursor:
        cursor.execute("SELECT %s::uuid[], cardinality(%s::uuid[])", [array_of(ids), array_of(())])
        assert cursor.fetchone() == (ids, 0)


@pytest.mark.django_db
def test_a_statement_that_is_sent_often_is_prepared_once_and_follows_its_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE guests AS SELECT n AS id, 'Guest ' || n AS name FROM generate_series(1, 9) n"
        )

    assert [name_of(guest) for guest in range(1, OFTEN + 1)] == [f"Guest {n}" for n in range(1, OFTEN + 1)]

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT name FROM guests%'")
        assert cursor.fetchone() == (1,)
        cursor.execute("ALTER TABLE guests ADD COLUMN age integer")
        cursor.execute("UPDATE guests SET name = 'Ana' WHERE id = 1")
    assert name_of(1) == "Ana"
