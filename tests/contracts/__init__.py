"""Copies of the sibling services' contracts, and the check of responses against them; reading YAML."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

_HERE = Path(__file__).parent


def parsed(text: str | bytes) -> dict[str, Any]:
    """Return a YAML document; by libyaml, which takes a tenth of the time of `yaml.safe_load`."""
    document: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return document


@cache
def sibling_contract(service: str) -> dict[str, Any]:
    """Return the OpenAPI document of a sibling."""
    return parsed((_HERE / "siblings" / f"{service}.yaml").read_text())


def operations(service: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the operations of a sibling by method and path."""
    return {
        (method.upper(), path): operation
        for path, item in sibling_contract(service)["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def problems_of(service: str, method: str, path: str, status: int, body: Any) -> list[str]:
    """Return the violations of the contract by a response; unknown properties are violations too."""
    contract = sibling_contract(service)
    response = operations(service)[method, path]["responses"].get(str(status))
    if response is None:
        return [f"status {status} is not in the contract"]
    response = _inlined(response, contract)
    if "content" not in response:
        return []
    schema = _strict(response["content"]["application/json"]["schema"])
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]


def _inlined(node: Any, contract: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(item, contract) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = contract
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return _inlined(target, contract)
    return {name: _inlined(value, contract) for name, value in node.items()}


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema as JSON Schema (`nullable` is specific to OpenAPI 3.0) without additional properties."""
    strict = dict(schema)
    if strict.pop("nullable", False):
        strict["type"] = [strict["type"], "null"]
    if "properties" in strict:
        strict["properties"] = {name: _strict(schema) for name, schema in strict["properties"].items()}
        strict["additionalProperties"] = False
    if "items" in strict:
        strict["items"] = _strict(strict["items"])
    return strict
