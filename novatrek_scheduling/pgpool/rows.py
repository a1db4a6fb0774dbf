"""Rows of models, stored and read by statements that the server plans once; the models name their columns.

For rows that come many times a second: the ORM writes each statement anew, one a row, which takes longer than the
server needs for all of them.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.models import AutoField, Field, Model
from psycopg.types.numeric import Int8

from novatrek_scheduling.pgpool.prepared import prepared_cursor

_INSERT = "INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING {key} AS stored_key"
_UPDATE = "UPDATE {table} SET {columns} WHERE {key} = %s RETURNING {key} AS stored_key"
_STORE, _KEY_OF = "WITH {stored} SELECT {keys}", "(SELECT stored_key FROM stored_{n})"

Row = TypeVar("Row", bound=Model)
Changed = tuple[Model, tuple[str, ...]]
"""A stored row, and the names of its fields to store again."""


def store_rows(*, new: Sequence[Model] = (), changed: Sequence[Changed] = ()) -> None:
    """Insert the new rows and update the changed ones, all or none, in one statement.

    Their tables are different ones: each part sees what the statement found, and none what another one stores.
    Raises DatabaseError where a changed row is not there any more.
    """
    kinds = (tuple(type(row) for row in new), tuple((type(row), fields) for row, fields in changed))
    values = [value for row in new for value in _values(row, _fields_to_insert(type(row)))]
    for row, names in changed:
        values += [*_values(row, _fields_named(type(row), names)), row.pk]
    with prepared_cursor() as cursor:
        cursor.execute(_statement(*kinds), values)
        keys = cursor.fetchone() or ()
    if None in keys:
        raise DatabaseError("A row that is to be updated is not stored any more.")
    for row, key in zip(new, keys, strict=False):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


def columns_of(model: type[Model], table: str) -> str:
    """Return the columns of a model for a SELECT, in the order in which `row_of` reads them; `table` is its alias."""
    return ", ".join(f"{table}.{_quoted(field.column)}" for field in model._meta.concrete_fields)


def columns_named(model: type[Model], *names: str) -> str:
    """Return the columns of these fields, by name or attribute, for a SELECT of the model's table alone."""
    fields = {name: field for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    return ", ".join(_quoted(fields[name].column) for name in names)


def table_of(model: type[Model]) -> str:
    """Return the table of a model for a statement in SQL."""
    return _quoted(model._meta.db_table)


def row_of(model: type[Row], values: Sequence[Any]) -> Row:
    """Return a row that was read by its `columns_of`."""
    fields = model._meta.concrete_fields
    read = [_read(field, value) for field, value in zip(fields, values, strict=True)]
    return model.from_db(connection.alias, [field.attname for field in fields], read)


def _read(field: "Field[Any, Any]", value: Any) -> Any:
    return field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value


@cache
def _statement(new: tuple[type[Model], ...], changed: tuple[tuple[type[Model], tuple[str, ...]], ...]) -> str:
    parts = [*map(_insertion, new), *(_update(model, names) for model, names in changed)]
    stored = ", ".join(f"stored_{n} AS ({part})" for n, part in enumerate(parts))
    return _STORE.format(stored=stored, keys=", ".join(_KEY_OF.format(n=n) for n in range(len(parts))))


def _insertion(model: type[Model]) -> str:
    columns = [_quoted(field.column) for field in _fields_to_insert(model)]
    places = ", ".join(["%s"] * len(columns))
    return _INSERT.format(table=table_of(model), columns=", ".join(columns), places=places, key=_key(model))


def _update(model: type[Model], names: tuple[str, ...]) -> str:
    columns = ", ".join(f"{_quoted(field.column)} = %s" for field in _fields_named(model, names))
    return _UPDATE.format(table=table_of(model), columns=columns, key=_key(model))


@cache
def _fields_to_insert(model: type[Model]) -> tuple["Field[Any, Any]", ...]:
    return tuple(field for field in model._meta.concrete_fields if not isinstance(field, AutoField))


@cache
def _fields_named(model: type[Model], names: tuple[str, ...]) -> tuple["Field[Any, Any]", ...]:
    fields = {field.name: field for field in model._meta.concrete_fields}
    return tuple(fields[name] for name in names)


def _values(row: Model, fields: Sequence["Field[Any, Any]"]) -> Iterator[Any]:
    database = connections[DEFAULT_DB_ALIAS]
    for field in fields:
        value = field.get_db_prep_save(getattr(row, field.attname), database)
        # The driver sends a number in the smallest type that holds it, and each type would be another statement.
        yield Int8(value) if type(value) is int else value


def _key(model: type[Model]) -> str:
    return _quoted(model._meta.pk.column)


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")
