"""The JSON schemas of the events that are sent and received, by topic."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

LONGEST_MESSAGE = 500


class SchemaMismatch(ValueError):
    """A payload violates the schema of its topic; the message names the JSON path."""


def _load() -> dict[str, dict[str, Any]]:
    paths = sorted(Path(__file__).parent.glob("*.schema.json"))
    schemas = [json.loads(path.read_text()) for path in paths]
    return {schema["$id"]: schema for schema in schemas}


SCHEMAS: Mapping[str, dict[str, Any]] = MappingProxyType(_load())
_validators = {
    topic: Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for topic, schema in SCHEMAS.items()
}


def event_type_of(topic: str) -> str:
    """Return the `event_type` of the events of `topic`."""
    return str(SCHEMAS[topic]["properties"]["event_type"]["const"])


def check(topic: str, payload: object) -> None:
    """Raise SchemaMismatch if `payload` violates the schema of `topic` (JSON Schema 2020-12, formats included)."""
    error = best_match(_validators[topic].iter_errors(payload))
    if error is not None:
        raise SchemaMismatch(f"{error.json_path}: {error.message}"[:LONGEST_MESSAGE])
