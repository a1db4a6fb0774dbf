"""The served specification: a superset of the published contract, described throughout, and clean to linters.

The linters themselves need Node; their commands are in `tests/contracts/redocly.yaml` and `spectral.yaml`. What they
would complain of is asserted here.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import jsonschema
import pytest

from novatrek_scheduling.api.field_descriptions import FIELD_DESCRIPTIONS
from novatrek_scheduling.api.schema import nodes, operations_of
from tests.contracts import parsed
from tests.contracts.comparison import PUBLISHED, differences_in_components, differences_in_operations, resolved
from tests.contracts.served import served

Node = dict[str, Any]


@pytest.fixture(scope="module")
def specification() -> Node:
    return parsed(served("openapi.yaml"))


def test_the_contracts_operations_are_there_as_it_has_them(specification: Node) -> None:
    assert list(differences_in_operations(specification)) == []


def test_the_contracts_shared_parts_keep_their_names(specification: Node) -> None:
    assert list(differences_in_components(specification)) == []


def test_a_difference_from_the_contract_would_be_found(specification: Node) -> None:
    changed = deepcopy(specification)
    del changed["components"]["parameters"]["PageSize"]
    changed["components"]["schemas"]["ConflictSeverity"]["enum"].pop()
    changed["paths"]["/schedule-requests"]["post"]["responses"]["400"] = {"description": "another"}

    places = {line.split(":")[0] for line in differences_in_components(changed)}
    assert places >= {"components.parameters.PageSize", "components.schemas.ConflictSeverity"}
    assert any("POST /schedule-requests 400" in line for line in differences_in_operations(changed))


def test_the_contracts_servers_are_there_behind_the_one_that_serves(specification: Node) -> None:
    urls = [server["url"] for server in specification["servers"]]

    assert urls == ["/scheduling/v1", *(server["url"] for server in PUBLISHED["servers"])]


def test_every_field_and_parameter_is_described(specification: Node) -> None:
    assert list(_undescribed(specification)) == []


def test_every_shared_description_is_used(specification: Node) -> None:
    described = {node["description"] for node in nodes(specification) if isinstance(node.get("description"), str)}

    assert [name for name, text in FIELD_DESCRIPTIONS.items() if text not in described] == []


def test_the_contracts_operations_show_examples_that_are_valid(specification: Node) -> None:
    examples = dict(_examples(specification))

    assert {
        "createScheduleRequest body",
        "createScheduleRequest 202",
        "getScheduleRequest 200",
        "getScheduleOptimization 200",
        "listScheduleConflicts 200",
        "resolveScheduleConflict body",
        "resolveScheduleConflict 200",
    } <= examples.keys()
    for schema, value in examples.values():
        jsonschema.validate(value, schema, format_checker=jsonschema.FormatChecker())


def test_linters_find_what_they_ask_for(specification: Node) -> None:
    tags = {tag["name"] for tag in specification["tags"]}

    assert specification["info"].keys() >= {"contact", "license", "description", "version"}
    for operation in operations_of(specification):
        assert set(operation["tags"]) <= tags
        assert any(status[0] in "23" for status in operation["responses"]), operation["operationId"]
        assert operation["summary"]
        assert operation["description"]
    assert not [node for node in nodes(specification) if node.get("nullable") is True and "type" not in node]
    assert not [node for node in nodes(specification) if "$ref" in node and len(node) > 1]


def _undescribed(specification: Node) -> Iterator[str]:
    for component, schema in specification["components"]["schemas"].items():
        for name, field in schema.get("properties", {}).items():
            if not field.get("description"):
                yield f"{component}.{name}"
    for operation in operations_of(specification):
        for parameter in operation.get("parameters", []):
            if not resolved(specification, parameter).get("description"):
                yield f"{operation['operationId']} {parameter}"


def _examples(specification: Node) -> Iterator[tuple[str, tuple[Node, Any]]]:
    components = _as_json_schema(specification["components"])
    for operation in operations_of(specification):
        contents = {"body": operation.get("requestBody", {})} | operation["responses"]
        for part, holder in contents.items():
            content = resolved(specification, holder).get("content", {}).get("application/json", {})
            for example in content.get("examples", {}).values():
                schema = _as_json_schema(content["schema"]) | {"components": components}
                yield f"{operation['operationId']} {part}", (schema, example["value"])


def _as_json_schema(node: Any) -> Any:
    """Return the schema with OpenAPI's `nullable` as a type."""
    if isinstance(node, list):
        return [_as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    converted = {name: _as_json_schema(value) for name, value in node.items() if name != "nullable"}
    return converted | ({"type": [node["type"], "null"]} if node.get("nullable") is True else {})
