"""The JSON schemas of the events that are sent and received, by topic."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

LONGEST_EXPLANATION = 500


class SchemaMismatch(ValueError):
    """A payload is not what the schema of its topic says; the message tells where."""


def _load() -> dict[str, dict[str, Any]]:
    files = sorted(Path(__file__).parent.glob("*.schema.json"))
    schemas = [json.loads(file.read_text()) for file in files]
    return {schema["$id"]: schema for schema in schemas}


SCHEMAS: Mapping[str, dict[str, Any]] = MappingProxyType(_load())
_validators = {
    topic: Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for topic, schema in SCHEMAS.items()
}


def event_type_of(topic: str) -> str:
    """The `event_type` that the events of `topic` carry."""
    return str(SCHEMAS[topic]["properties"]["event_type"]["const"])


def check(topic: str, payload: object) -> None:
    """Raise SchemaMismatch when `payload` breaks the schema of `topic`, formats included."""
    error = best_match(_validators[topic].iter_errors(payload))
    if error is not None:
        raise SchemaMismatch(f"{error.json_path}: {error.message}"[:LONGEST_EXPLANATION])
