"""The served specification: what all operations share."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiExample, OpenApiResponse, extend_schema_serializer
from rest_framework import serializers

REASONS = {
    400: "Malformed, or outside the types and bounds of this operation.",
    401: "No bearer token, or one that is not valid.",
    403: "The token lacks a scope, or the field belongs to another writer.",
    404: "Not found.",
    405: "The address does not support this method.",
    409: "The current state does not allow this.",
    410: "Retired.",
    412: "If-Match names a revision that is not the current one.",
    422: "Well formed, but impossible.",
    429: "Too many requests by this subject; see Retry-After.",
    500: "An internal fault; the message has the id of the request.",
    503: "A dependency does not answer; see Retry-After.",
}
OF_EVERY_OPERATION = (401, 403, 429, 500, 503)
WITH_RETRY_AFTER = frozenset({429, 503})
TEXT_HEADER = {"schema": {"type": "string"}}
AN_ERROR = {
    "code": "INVALID_INPUT",
    "message": "The request is not valid: constraints.min_group_size.",
    "details": [{"field": "constraints.min_group_size", "reason": "Ensure this value is greater than or equal to 1."}],
}
ERROR_CONTENT = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}


class ErrorDetailSerializer(serializers.Serializer[Any]):
    """A problem, with the field that has it."""

    field = serializers.CharField(required=False, help_text="Dotted path, such as constraints.min_group_size.")
    reason = serializers.CharField(required=False)


@extend_schema_serializer(
    examples=[OpenApiExample("A field", value=AN_ERROR, response_only=True, status_codes=["400"])]
)
class ErrorSerializer(serializers.Serializer[Any]):
    """An error. `code` is stable; `message` is for people."""

    code = serializers.CharField()
    message = serializers.CharField()
    details = ErrorDetailSerializer(many=True, required=False)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The contract's security scheme."""

    target_class = "novatrek_scheduling.api.authentication.BearerAuthentication"
    name = "bearerAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class ClosedObject(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Documents that an object refuses fields that are not listed."""

    target_class = "novatrek_scheduling.api.serializers.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        schema: dict[str, Any]
        schema = auto_schema._map_serializer(self.target, direction, True)  # type: ignore[no-untyped-call]
        return {**schema, "additionalProperties": False}


class ScopedSchema(AutoSchema):
    """Adds the scope that an operation needs to its description."""

    def get_description(self) -> str:  # type: ignore[override]
        description = super().get_description() or ""
        scopes = [scope for required_scopes in self._scopes() for scope in required_scopes]
        if not scopes:
            return description
        alternatives = " or ".join(f"`{scope}`" for scope in scopes)
        return f"{description}\n\nScope: {alternatives}.".strip()

    def _scopes(self) -> Iterator[tuple[str, ...]]:
        for permission in self.view.get_permissions():
            yield getattr(permission, "required_scopes", ())


def error_responses(*statuses: int) -> dict[int, OpenApiResponse]:
    """The errors of an operation, for `@extend_schema(responses={200: …, **error_responses(400, 404)})`.

    401, 403, 429, 500 and 503 are added to every operation and need not be named.
    """
    return {status: OpenApiResponse(ErrorSerializer, REASONS[status]) for status in statuses}


def share_enums_by_value(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Make enums with equal values one component, whatever their labels in our tables."""
    for node in nodes(result.get("components", {}).get("schemas", {})):
        node.pop("x-spec-enum-id", None)
    return result


def document_common_answers(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the errors and headers that every operation can respond with."""
    responses = result.setdefault("components", {}).setdefault("responses", {})
    responses |= {_component(status): _error_response(status) for status in OF_EVERY_OPERATION}
    result["components"].setdefault("schemas", {}).setdefault("Error", ERROR_SCHEMA)
    for operation in operations_of(result):
        _complete(operation)
    return result


ERROR_SCHEMA = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "details": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
}


def _complete(operation: dict[str, Any]) -> None:
    answers = operation.setdefault("responses", {})
    for status in OF_EVERY_OPERATION:
        answers.setdefault(str(status), {"$ref": f"#/components/responses/{_component(status)}"})
    for answer in answers.values():
        if "$ref" not in answer:
            answer.setdefault("headers", {}).setdefault("X-Request-ID", TEXT_HEADER)
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query" and parameter.get("schema", {}).get("type") == "array":
            parameter |= {"style": "form", "explode": False}


def _component(status: int) -> str:
    names = {401: "Unauthorized", 403: "Forbidden", 429: "TooManyRequests", 500: "InternalError", 503: "Unavailable"}
    return names[status]


def _error_response(status: int) -> dict[str, Any]:
    headers = {"X-Request-ID": TEXT_HEADER}
    if status in WITH_RETRY_AFTER:
        headers["Retry-After"] = {"schema": {"type": "integer"}}
    if status == 401:  # noqa: PLR2004 (the status itself)
        headers["WWW-Authenticate"] = TEXT_HEADER
    return {"description": REASONS[status], "content": ERROR_CONTENT, "headers": headers}


def operations_of(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the operations of a specification."""
    for path in result.get("paths", {}).values():
        yield from (operation for operation in path.values() if isinstance(operation, dict))


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in `value`, itself included."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from nodes(inner)
