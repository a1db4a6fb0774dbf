"""Parsing of bodies: JSON that the database can store; and responses whatever media types a client accepts."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from novatrek_scheduling.api.exception_handler import BadBody
from novatrek_scheduling.errors import FieldProblem

MAX_DEPTH = 32
LARGEST_INTEGER = 2**63 - 1
UNSTORABLE = frozenset(map(chr, [0, *range(0xD800, 0xE000)]))


class StrictJSONParser(BaseParser):
    """JSON (RFC 8259) without the values that our stores cannot hold.

    Raises BadBody (400) for invalid UTF-8, NUL and lone surrogates, NaN and infinities, integers beyond 64 bits,
    a repeated name in an object, and nesting deeper than 32.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        try:
            text = stream.read().decode("utf-8")
            value = json.loads(
                text,
                parse_constant=_refuse_number,
                parse_int=_integer,
                parse_float=_finite,
                object_pairs_hook=_unique_names,
            )
        except RecursionError as error:
            raise _too_deep() from error
        except ValueError as error:
            raise BadBody("MALFORMED_BODY", f"The body is not valid JSON: {error}.") from error
        for path, text in _texts(value, "", 1):
            if not UNSTORABLE.isdisjoint(text):
                problem = FieldProblem(path, "NUL and unpaired surrogates are not allowed.")
                raise BadBody("MALFORMED_BODY", "The body has characters that cannot be stored.", problem)
        return value


class MergePatchParser(StrictJSONParser):
    """A JSON merge patch (RFC 7396)."""

    media_type = "application/merge-patch+json"


class AnyAcceptNegotiation(DefaultContentNegotiation):
    """Responds in the view's first format, errors included, to clients that accept none of its formats."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        try:
            chosen: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            return renderers[0], renderers[0].media_type
        return chosen


def _refuse_number(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is not a number in JSON")


def _integer(literal: str) -> int:
    value = int(literal)
    if abs(value) > LARGEST_INTEGER:
        raise ValueError("an integer is beyond 64 bits")
    return value


def _finite(literal: str) -> float:
    value = float(literal)
    if not math.isfinite(value):
        raise ValueError("a number is beyond the range of a double")
    return value


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        repeated = next(name for name, _ in pairs if sum(other == name for other, _ in pairs) > 1)
        raise ValueError(f"the name {repeated[:100]!r} is repeated in an object")
    return names


def _texts(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every text in `value`, names included, with its path."""
    if depth > MAX_DEPTH:
        raise _too_deep()
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield path, name
            yield from _texts(inner, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{index}]", depth + 1)


def _too_deep() -> BadBody:
    return BadBody("MALFORMED_BODY", f"The body is nested deeper than {MAX_DEPTH} levels.")
