"""Pages of a list by keyset: a page costs the same wherever it lies, and no row repeats or vanishes."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Q, QuerySet

from novatrek_scheduling.errors import FieldProblem, Malformed

Row = TypeVar("Row", bound=Model)


class BadPageToken(Malformed):
    """The page token was changed, or belongs to a list with other filters."""

    code = "INVALID_PAGE_TOKEN"

    def __init__(self) -> None:
        reason = "Use the next_page_token of an answer to the same query, unchanged."
        super().__init__("The page_token is not valid for this query.", FieldProblem("page_token", reason))


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, the token of the page after them (None on the last) and the length of the list."""

    rows: list[Row]
    next_page_token: str | None
    total_count: int

    def represented(self, name: str, represent: Callable[[Row], Any]) -> dict[str, Any]:
        """The page as the API shows it, its rows under `name`; the last page has no token."""
        page: dict[str, Any] = {name: [represent(row) for row in self.rows], "total_count": self.total_count}
        return page | ({"next_page_token": self.next_page_token} if self.next_page_token else {})


class Keyset:
    """An order of rows and the tokens that say where in it a page begins.

    `order` names columns that are never null, "-" in front for descending; together they are unique.
    `bound_to` is the rest of the query: a token is good for that query alone.
    """

    def __init__(self, order: Sequence[str], *, bound_to: Mapping[str, Any]) -> None:
        self.order = tuple(order)
        self.columns = tuple(name.removeprefix("-") for name in order)
        query = json.dumps([self.order, sorted(bound_to.items())], default=str)
        self._salt = f"page-token:{hashlib.sha256(query.encode()).hexdigest()}"

    def encode(self, values: Sequence[Any]) -> str:
        """The token of the page that begins after the row with these `values` of the order's columns."""
        return signing.dumps([_as_text(value) for value in values], salt=self._salt)

    def decode(self, token: str) -> list[Any]:
        """The values in `token`, as text. Raises BadPageToken."""
        try:
            values = signing.loads(token, salt=self._salt)
        except (signing.BadSignature, ValueError) as error:
            raise BadPageToken from error
        if not isinstance(values, list) or len(values) != len(self.columns):
            raise BadPageToken
        return values

    def after(self, rows: QuerySet[Row], token: str) -> QuerySet[Row]:
        """Those `rows` that come after the place that `token` names. Raises BadPageToken."""
        place = [_parse(rows.model, *pair) for pair in zip(self.columns, self.decode(token), strict=True)]
        beyond = Q()
        for position in range(len(place)):
            same = Q(**dict(zip(self.columns[:position], place, strict=False)))
            beyond |= same & Q((self._comparison(position), place[position]))
        # The first column alone, once more: an index serves this bound, and not the alternatives below it.
        return rows.filter(Q((f"{self._comparison(0)}e", place[0])), beyond)

    def page(self, rows: QuerySet[Row], *, size: int, token: str | None = None) -> Page[Row]:
        """The page of at most `size` rows that `token` names, or the first. Raises BadPageToken."""
        shown, following = self.slice(rows, size=size, token=token)
        is_everything = token is None and following is None
        return Page(shown, following, len(shown) if is_everything else rows.count())

    def slice(self, rows: QuerySet[Row], *, size: int, token: str | None = None) -> tuple[list[Row], str | None]:
        """The rows of a page and the token of the next, without counting the list. Raises BadPageToken."""
        remaining = self.after(rows, token) if token else rows
        found = list(remaining.order_by(*self.order)[: size + 1])
        shown = found[:size]
        return shown, self.encode(self._place_of(shown[-1])) if len(found) > size else None

    def _place_of(self, row: Model) -> list[Any]:
        return [getattr(row, column) for column in self.columns]

    def _comparison(self, position: int) -> str:
        descending = self.order[position].startswith("-")
        return f"{self.columns[position]}__{'lt' if descending else 'gt'}"


def _as_text(value: Any) -> Any:
    if isinstance(value, date):
        # Django's own JSON drops the microseconds, and with them the place in the order.
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
