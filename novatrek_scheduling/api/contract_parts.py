"""The served specification: the parts that the published contract names, and texts for what has none of its own.

Generators make methods and models of names: shared parameters and responses keep those of the contract.
"""

from typing import Any

from novatrek_scheduling.api.field_descriptions import FIELD_DESCRIPTIONS
from novatrek_scheduling.api.schema import nodes, operations_of

# The contract's names of shared parameters, by name and place.
PARAMETERS = {
    ("request_id", "path"): "ScheduleRequestId",
    ("page_size", "query"): "PageSize",
    ("page_token", "query"): "PageToken",
}
RESPONSES = {"400": "BadRequest", "404": "NotFound"}


def keep_contract_parts(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Describe fields and parameters, and share those parameters and responses that the contract shares."""
    _describe_fields(result["components"]["schemas"])
    result["security"] = [{"bearerAuth": []}]
    for operation in operations_of(result):
        # Where the operations need a token by default, one without a credential has to say so.
        operation.setdefault("security", [])
        _describe_parameters(operation)
        _share(operation.get("parameters", []), result["components"])
        _share_responses(operation["responses"], result["components"]["responses"])
    return result


def _describe_fields(schemas: dict[str, Any]) -> None:
    for component, schema in schemas.items():
        for name, field in schema.get("properties", {}).items():
            text = FIELD_DESCRIPTIONS.get(f"{component}.{name}", FIELD_DESCRIPTIONS.get(name))
            if "description" not in field and text:
                schema["properties"][name] = _described(field, text)
    for node in nodes(schemas):
        if node.get("nullable") is True and "type" not in node:
            _type_nullable(node, schemas)


def _type_nullable(node: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Name the type beside `nullable`, which has no meaning without; what has no type allows null as it is."""
    references = [part["$ref"] for part in node.get("allOf", ()) if "$ref" in part]
    types = {schemas[reference.rpartition("/")[2]].get("type") for reference in references} - {None}
    if types:
        node["type"] = types.pop()
    else:
        del node["nullable"]


def _described(field: dict[str, Any], text: str) -> dict[str, Any]:
    # Whatever stands beside a reference is ignored in OpenAPI 3.0.
    return {"allOf": [field], "description": text} if "$ref" in field else {**field, "description": text}


def _describe_parameters(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        if text := FIELD_DESCRIPTIONS.get(parameter["name"]):
            parameter.setdefault("description", text)


def _share(parameters: list[dict[str, Any]], components: dict[str, Any]) -> None:
    shared = components.setdefault("parameters", {})
    for position, parameter in enumerate(parameters):
        name = PARAMETERS.get((parameter["name"], parameter["in"]))
        if name:
            shared.setdefault(name, parameter)
            parameters[position] = {"$ref": f"#/components/parameters/{name}"}


def _share_responses(responses: dict[str, Any], shared: dict[str, Any]) -> None:
    """Share the plain errors; a response with headers or a body of its own stays with its operation."""
    for status, name in RESPONSES.items():
        response = responses.get(status)
        if response and "$ref" not in response and shared.setdefault(name, response) == response:
            responses[status] = {"$ref": f"#/components/responses/{name}"}
