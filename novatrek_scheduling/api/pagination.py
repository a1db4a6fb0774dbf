"""Keyset pagination: the cost of a page does not depend on its position, and no row repeats or is left out."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Q, QuerySet

from novatrek_scheduling.errors import FieldProblem, Malformed

Row = TypeVar("Row")
ModelRow = TypeVar("ModelRow", bound=Model)


class BadPageToken(Malformed):
    """The page token was altered, or belongs to a query with other filters."""

    code = "INVALID_PAGE_TOKEN"

    def __init__(self) -> None:
        reason = "Use the next_page_token of a response to the same query, unchanged."
        super().__init__("The page_token is not valid for this query.", FieldProblem("page_token", reason))


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of a page, the token of the next page (None on the last) and the length of the whole list."""

    rows: list[Row]
    next_page_token: str | None
    total_count: int

    def represented(self, name: str, represent: Callable[[Row], Any]) -> dict[str, Any]:
        """The page as the API shows it, its rows under `name`; the last page has no token."""
        page: dict[str, Any] = {name: [represent(row) for row in self.rows], "total_count": self.total_count}
        return page | ({"next_page_token": self.next_page_token} if self.next_page_token else {})


class Keyset:
    """An order of rows, and the tokens for the positions in it at which pages begin.

    `order` names columns that are never null, with a leading "-" for descending; together they are unique.
    `bound_to` is the rest of the query: a token is valid for that query alone.
    """

    def __init__(self, order: Sequence[str], *, bound_to: Mapping[str, Any]) -> None:
        self.order = tuple(order)
        self.columns = tuple(name.removeprefix("-") for name in order)
        self._bound_to = bound_to

    @cached_property
    def _salt(self) -> str:
        query = json.dumps([self.order, sorted(self._bound_to.items())], default=str)
        return f"page-token:{hashlib.sha256(query.encode()).hexdigest()}"

    def encode(self, values: Sequence[Any]) -> str:
        """The token of the page that begins after the row with these `values` of the order's columns."""
        return signing.dumps([_as_text(value) for value in values], salt=self._salt)

    def token_after(self, row: object) -> str:
        """The token of the page that begins after `row`."""
        return self.encode([getattr(row, column) for column in self.columns])

    def decode(self, token: str) -> list[Any]:
        """Return the values in `token`, as text. Raises BadPageToken."""
        try:
            values = signing.loads(token, salt=self._salt)
        except (signing.BadSignature, ValueError) as error:
            raise BadPageToken from error
        if not isinstance(values, list) or len(values) != len(self.columns):
            raise BadPageToken
        return values

    def after(self, rows: QuerySet[ModelRow], token: str) -> QuerySet[ModelRow]:
        """Return the `rows` after the position of `token`. Raises BadPageToken."""
        values = [_parse(rows.model, *pair) for pair in zip(self.columns, self.decode(token), strict=True)]
        beyond = Q()
        for position in range(len(values)):
            same = Q(**dict(zip(self.columns[:position], values, strict=False)))
            beyond |= same & Q((self._comparison(position), values[position]))
        # The first column again on its own: an index serves this bound, but not the disjunction.
        return rows.filter(Q((f"{self._comparison(0)}e", values[0])), beyond)

    def page(self, rows: QuerySet[ModelRow], *, size: int, token: str | None = None) -> Page[ModelRow]:
        """Return the page of at most `size` rows at `token`, or the first. Raises BadPageToken."""
        page_rows, next_token = self.slice(rows, size=size, token=token)
        is_whole_list = token is None and next_token is None
        return Page(page_rows, next_token, len(page_rows) if is_whole_list else rows.count())

    def slice(
        self, rows: QuerySet[ModelRow], *, size: int, token: str | None = None
    ) -> tuple[list[ModelRow], str | None]:
        """Return the rows of a page and the token of the next, without counting. Raises BadPageToken."""
        remaining = self.after(rows, token) if token else rows
        with_next = list(remaining.order_by(*self.order)[: size + 1])
        page_rows = with_next[:size]
        return page_rows, self.token_after(page_rows[-1]) if len(with_next) > size else None

    def _comparison(self, position: int) -> str:
        descending = self.order[position].startswith("-")
        return f"{self.columns[position]}__{'lt' if descending else 'gt'}"


def _as_text(value: Any) -> Any:
    if isinstance(value, date):
        # Django's JSON drops the microseconds, and with them the position in the order.
        return value.isoformat()
    return value if isinstance(value, int | str) else str(value)


def _parse(model: type[Model], column: str, text: Any) -> Any:
    try:
        field = model._meta.get_field(column)
        return field.to_python(text) if isinstance(field, Field) else text
    except FieldDoesNotExist:
        return text  # an annotation, compared as the text or number that it is
    except ValidationError as error:
        raise BadPageToken from error
