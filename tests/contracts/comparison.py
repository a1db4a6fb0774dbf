"""The mechanical comparison of a specification with the published contract, of which it has to be a superset."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.contracts import parsed

Node = dict[str, Any]
PUBLISHED: Node = parsed((Path(__file__).parent / "published.yaml").read_text())
FACETS = ("type", "format", "enum", "minimum", "maximum", "minItems", "maxItems", "nullable")
DEPTH = 8


def resolved(document: Node, node: Node) -> Node:
    """Return what a reference, or the only part of an `allOf`, stands for."""
    while "$ref" in node or "allOf" in node:
        if "$ref" in node:
            path = node["$ref"].removeprefix("#/").split("/")
            node = document
            for part in path:
                node = node[part]
        else:
            [node] = node["allOf"]
    return node


def differences_in_operations(ours: Node) -> Iterator[str]:
    """Yield what the contract's operations have and ours have not, or otherwise."""
    for path, methods in PUBLISHED["paths"].items():
        for method, theirs in methods.items():
            yield from _operation(ours, theirs, ours["paths"].get(path, {}).get(method), f"{method.upper()} {path}")


def differences_in_components(ours: Node) -> Iterator[str]:
    """Yield the shared schemas, parameters and responses that the contract has and we have not, or otherwise."""
    for kind in ("schemas", "parameters", "responses", "securitySchemes"):
        for name, theirs in PUBLISHED["components"][kind].items():
            where = f"components.{kind}.{name}"
            mine = ours["components"][kind].get(name)
            if mine is None:
                yield f"{where}: missing"
            elif kind == "schemas":
                yield from _schema(ours, theirs, mine, where)
            elif kind == "parameters":
                yield from _parameter(ours, theirs, mine, where)


def _operation(document: Node, theirs: Node, mine: Node | None, where: str) -> Iterator[str]:
    if mine is None:
        yield f"{where}: missing"
        return
    if mine["operationId"] != theirs["operationId"]:
        yield f"{where}: operationId"
    found = {_name_of(resolved(document, parameter)): parameter for parameter in mine.get("parameters", [])}
    for parameter in theirs.get("parameters", []):
        wanted_parameter = resolved(PUBLISHED, parameter)
        yield from _parameter(document, parameter, found.get(_name_of(wanted_parameter)), f"{where} parameter")
    if "requestBody" in theirs:
        yield from _schema(document, _json(theirs["requestBody"]), _json(mine["requestBody"]), f"{where} body")
    for status, response in theirs["responses"].items():
        yield from _response(document, response, mine["responses"].get(status), f"{where} {status}")


def _parameter(document: Node, theirs: Node, mine: Node | None, where: str) -> Iterator[str]:
    if mine is None or mine.get("$ref") != theirs.get("$ref"):
        yield f"{where}: is {mine}, not {theirs}"
        return
    theirs, mine = resolved(PUBLISHED, theirs), resolved(document, mine)
    if mine.get("required", False) != theirs.get("required", False):
        yield f"{where} {mine['name']}: required"
    for name, default in (("style", "form"), ("explode", True)):
        if mine["in"] == "query" and mine.get(name, default) != theirs.get(name, default):
            yield f"{where} {mine['name']}: {name}"
    yield from _schema(document, theirs["schema"], mine["schema"], f"{where} {mine['name']}")


def _response(document: Node, theirs: Node, mine: Node | None, where: str) -> Iterator[str]:
    if mine is None or ("$ref" in theirs and mine != theirs):
        yield f"{where}: is {mine}, not {theirs}"
        return
    yield from _schema(document, _json(resolved(PUBLISHED, theirs)), _json(resolved(document, mine)), where)
    yield from (f"{where}: header {name}" for name in theirs.get("headers", {}) if name not in mine["headers"])


def _schema(document: Node, theirs: Node, mine: Node, where: str, depth: int = 0) -> Iterator[str]:
    theirs, mine = resolved(PUBLISHED, theirs), resolved(document, mine)
    for facet in FACETS:
        if facet in theirs and _facet(mine, facet) != _facet(theirs, facet):
            yield f"{where}: {facet} is {mine.get(facet)}, not {theirs[facet]}"
    missing = set(theirs.get("required", [])) - set(mine.get("required", []))
    yield from (f"{where}.{name}: not required" for name in sorted(missing))
    if depth == DEPTH:
        return
    for name, field in theirs.get("properties", {}).items():
        if name in mine.get("properties", {}):
            yield from _schema(document, field, mine["properties"][name], f"{where}.{name}", depth + 1)
        else:
            yield f"{where}.{name}: missing"
    if "items" in theirs:
        yield from _schema(document, theirs["items"], mine["items"], f"{where}[]", depth + 1)


def _facet(schema: Node, facet: str) -> Any:
    value = schema.get(facet)
    return sorted(value) if facet == "enum" and value else value


def _name_of(parameter: Node) -> tuple[str, str]:
    return parameter["name"], parameter["in"]


def _json(node: Node) -> Node:
    schema: Node = node["content"]["application/json"]["schema"]
    return schema
