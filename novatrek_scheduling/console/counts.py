"""Counts of rows that are read no further than people care: a thousand and more is "1,000+"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Value
from django.utils.formats import number_format

MOST = 1_000


@dataclass(frozen=True, slots=True)
class RowCount:
    """How many there are, or where `has_more` how many at least."""

    number: int
    has_more: bool = False

    def __str__(self) -> str:
        return f"{number_format(self.number, force_grouping=True)}{'+' if self.has_more else ''}"

    def __bool__(self) -> bool:
        return self.number > 0

    def __add__(self, other: "RowCount") -> "RowCount":
        return RowCount(self.number + other.number, self.has_more or other.has_more)

    @classmethod
    def up_to(cls, number: int, most: int = MOST) -> "RowCount":
        """Return the count of rows of which no more than one beyond `most` were read."""
        return cls(min(number, most), number > most)


NONE = RowCount(0)


def count_all(rows: Mapping[str, QuerySet[Any, Any]], most: int = MOST) -> dict[str, RowCount]:
    """RowCount the rows of several queries, each up to `most`, in one query.

    An order that is asked for stays: it has PostgreSQL read an index where it would else take many rows to be there,
    and look through a whole table for them. That of a model is left out.
    """
    if not rows:
        return {}
    parts, values = [], list[Any]()
    for name, found in rows.items():
        ordered = found if found.query.order_by else found.order_by()
        some = ordered.values(counted=Value(1))[: most + 1]
        statement, parameters = some.query.sql_with_params()
        parts.append(f"SELECT %s, (SELECT count(*) FROM ({statement}) AS found)")  # noqa: S608 (of Django's compiler)
        values += [name, *parameters]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return {name: RowCount.up_to(number, most) for name, number in cursor.fetchall()}
