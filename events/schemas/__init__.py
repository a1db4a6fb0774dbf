"""The JSON schemas of the events that are sent and received, by topic."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

LONGEST_MESSAGE = 500


class SchemaMismatch(ValueError):
    """A payload violates the schema of its topic; the message names the JSON path."""


def _load() -> dict[str, dict[str, Any]]:
    paths = sorted(Path(__file__).parent.glob("*.schema.json"))
    schemas = [json.loads(path.read_text()) for path in paths]
    return {schema["$id"]: schema for schema in schemas}


SCHEMAS: Mapping[str, dict[str, Any]] = MappingProxyType(_load())


def event_type_of(topic: str) -> str:
    """Return the `event_type` of the events of `topic`."""
    return str(SCHEMAS[topic]["properties"]["event_type"]["const"])


def check(topic: str, payload: object) -> None:
    """Raise SchemaMismatch if `payload` violates the schema of `topic` (JSON Schema 2020-12, formats included)."""
    from jsonschema.exceptions import best_match  # noqa: PLC0415 (as below)

    error = best_match(_validator(topic).iter_errors(payload))
    if error is not None:
        raise SchemaMismatch(f"{error.json_path}: {error.message}"[:LONGEST_MESSAGE])


@cache
def _validator(topic: str) -> "Draft202012Validator":
    # Loaded with the first event: most commands have none, and it takes them a twentieth of their start.
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    return Draft202012Validator(SCHEMAS[topic], format_checker=Draft202012Validator.FORMAT_CHECKER)
