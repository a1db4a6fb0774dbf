"""INSERTs that are written by hand have the columns of their model: what it gets later is in them, or made for it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import NOT_PROVIDED, AutoField, Field

ROOT = Path(__file__).parents[3]
APPS = ("scheduling", "conflicts", "optimization", "events", "novatrek_scheduling")
AN_INSERT = re.compile(r"INSERT INTO (?:scheduling\.)?(\w+)(?: AS \w+)?\s*\(([\w\s,\"]+)\)")
MODELS = {model._meta.db_table: model for model in apps.get_models()}


def inserts() -> Iterator[Any]:
    for app in APPS:
        for file in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in file.parts:
                for table, named in AN_INSERT.findall(file.read_text()):
                    columns = {column.strip().strip('"') for column in named.split(",")}
                    yield pytest.param(table, columns, id=f"{table} in {file.relative_to(ROOT)}")


def is_made_by_the_database(field: "Field[Any, Any]") -> bool:
    """Whether a row that does not name the field has there what a row of the model has."""
    if isinstance(field, AutoField) or field.db_default is not NOT_PROVIDED:
        return True
    return field.null and not field.has_default()


@pytest.mark.parametrize(("table", "columns"), [*inserts()])
def test_an_insert_names_every_column_that_the_database_does_not_make(table: str, columns: set[str]) -> None:
    fields = MODELS[table]._meta.concrete_fields
    known = {field.column for field in fields}
    needed = {field.column for field in fields if not is_made_by_the_database(field)}

    assert needed <= columns <= known


def test_some_are_written_by_hand() -> None:
    assert len([*inserts()]) >= 5
