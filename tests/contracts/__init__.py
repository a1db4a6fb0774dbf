"""Copies of the contracts that the service lives by, and how answers are held against them."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

_HERE = Path(__file__).parent


@cache
def sibling_contract(service: str) -> dict[str, Any]:
    """The OpenAPI document of a sibling."""
    document: dict[str, Any] = yaml.safe_load((_HERE / "siblings" / f"{service}.yaml").read_text())
    return document


def operations(service: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The operations of a sibling, by method and path."""
    return {
        (method.upper(), path): operation
        for path, item in sibling_contract(service)["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def problems_of(service: str, method: str, path: str, status: int, body: Any) -> list[str]:
    """What in an answer the contract does not allow; a property that it does not know is a problem too."""
    contract = sibling_contract(service)
    answer = operations(service)[method, path]["responses"].get(str(status))
    if answer is None:
        return [f"status {status} is not in the contract"]
    answer = _inlined(answer, contract)
    if "content" not in answer:
        return []
    schema = _strict(answer["content"]["application/json"]["schema"])
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
    """The schema in JSON Schema's words (`nullable` is OpenAPI's), with nothing allowed that it does not name."""
    strict = dict(schema)
    if strict.pop("nullable", False):
        strict["type"] = [strict["type"], "null"]
    if "properties" in strict:
        strict["properties"] = {name: _strict(schema) for name, schema in strict["properties"].items()}
        strict["additionalProperties"] = False
    if "items" in strict:
        strict["items"] = _strict(strict["items"])
    return strict
