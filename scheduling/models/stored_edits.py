"""The UPDATE that stores edits of a daily schedule (`edits_sql`), and what PostgreSQL has made of them."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db.models import Field, Model

from novatrek_scheduling.pgpool.prepared import prepared_cursor
from novatrek_scheduling.pgpool.rows import columns_named, table_of

VERSION = "(schedule_id || ' ' || _rev || ' ' || xmin || ' ' || updated_at)"
"""Which of a row's versions it is, in SQL: its id and revision, the transaction that wrote it, and when."""

MOST_TEXTS = 20
"""Of more departures than this their texts are not read."""

# To evaluate the condition names the edits, before the row's triggers. The document is at hand where it is stored.
_UPDATE = """UPDATE {table} SET {changes}
    WHERE schedule_id = %s AND _rev = %s AND (scheduling.name_edits(%s, %s, %s) IS NULL) IS NOT NULL
    RETURNING {version}, (
        SELECT jsonb_object_agg(key, assignments #>> ARRAY['departures', key]) FROM unnest(%s::text[]) AS key
    )
"""


class StoredEdits(NamedTuple):
    """The version of a row that a write has made, and the texts of the departures it has stored, by their keys.

    A departure that was removed has none.
    """

    version: str
    texts: Mapping[str, str | None]


def store_edits(
    model: type[Model], schedule_id: UUID, since_rev: int, edits: Mapping[str, Any], changes: Mapping[str, Any]
) -> StoredEdits | None:
    """Store edits and `changes` of other fields in the row at a revision; None where it is at another one."""
    fields: dict[str, Field[Any, Any]] = {field.name: field for field in model._meta.concrete_fields}
    departures = edits.get("departures", {})
    statement = _UPDATE.format(
        table=table_of(model),
        changes=", ".join(f"{columns_named(model, name)} = %s" for name in changes),
        version=VERSION,
    )
    with prepared_cursor() as cursor:
        cursor.execute(
            statement,
            [
                *(fields[name].get_db_prep_save(value, cursor.db) for name, value in changes.items()),
                *(schedule_id, since_rev),
                *(schedule_id, since_rev, orjson.dumps(edits).decode()),
                [*departures] if len(departures) <= MOST_TEXTS else [],
            ],
        )
        stored = cursor.fetchone()
    if stored is None:
        return None
    version, texts = stored
    return StoredEdits(version, orjson.loads(texts) if texts else {})
