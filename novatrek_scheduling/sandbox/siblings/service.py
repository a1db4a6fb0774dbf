"""The services of the simulated siblings: operations, their calls and replies, and the format of errors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from uuid import UUID, uuid4

from pydantic import BaseModel, ValidationError

from novatrek_scheduling.sandbox.world import Entity

if TYPE_CHECKING:
    from novatrek_scheduling.sandbox.siblings.state import State

T = TypeVar("T")
B = TypeVar("B", bound=BaseModel)


class Refused(Exception):
    """The service refuses a request with an error; `details` are pairs of field and reason."""

    def __init__(self, status: int, code: str, message: str, *details: tuple[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details


@dataclass(frozen=True, slots=True)
class Reply:
    """A status and its JSON payload."""

    payload: Any
    status: int = 200


@dataclass(frozen=True, slots=True)
class ErrorFormat:
    """The names of the members of a service's errors."""

    code_key: str = "error_code"
    reason_key: str = "reason"
    id_key: str | None = None

    def payload(self, refusal: Refused) -> Entity:
        """Return the error in the format of this service."""
        error: Entity = {self.code_key: refusal.code, "message": refusal.message}
        if refusal.details:
            error["details"] = [{"field": field, self.reason_key: reason} for field, reason in refusal.details]
        return error | ({self.id_key: str(uuid4())} if self.id_key else {})


class Query:
    """The query parameters of a call.

    Each method returns a parsed parameter, None if it is absent, and raises Refused (400) if it is malformed.
    """

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self._parameters = parameters

    def without(self, *names: str) -> frozenset[tuple[str, str]]:
        """Return the other parameters, as a key: those of pages left out, it names the list that pages are cut from."""
        return frozenset((name, value) for name, value in self._parameters.items() if name not in names)

    def text(self, name: str) -> str | None:
        return self._parameters.get(name)

    def required(self, name: str) -> str:
        value = self._parameters.get(name)
        if not value:
            raise _malformed(name, "is required")
        return value

    def one_of(self, name: str, options: Sequence[str]) -> str | None:
        return self._read(name, lambda text: options[options.index(text)], f"must be one of {', '.join(options)}")

    def day(self, name: str) -> str | None:
        return self._read(name, lambda text: date.fromisoformat(text).isoformat(), "must be a date, YYYY-MM-DD")

    def identifier(self, name: str) -> str | None:
        return self._read(name, lambda text: str(UUID(text)), "must be a UUID")

    def number(self, name: str) -> float | None:
        return self._read(name, float, "must be a number")

    def flag(self, name: str) -> bool:
        return bool(self._read(name, {"true": True, "false": False}.__getitem__, "must be true or false"))

    def whole(self, name: str, default: int, least: int, most: int | None = None) -> int:
        bounds = f"must be a whole number of at least {least}" + (f" and at most {most}" if most else "")
        value = self._read(name, int, bounds)
        if value is None:
            return default
        if value < least or (most is not None and value > most):
            raise _malformed(name, bounds)
        return value

    def _read(self, name: str, reader: Callable[[str], T], expectation: str) -> T | None:
        text = self._parameters.get(name)
        if text is None:
            return None
        try:
            return reader(text)
        except (ValueError, KeyError) as error:
            raise _malformed(name, expectation) from error


@dataclass(frozen=True, slots=True)
class Call:
    """A request: the ids in its path, its query and its body."""

    ids: Mapping[str, str]
    query: Query
    raw_body: bytes = b""

    def body(self, model: type[B]) -> B:
        """Parse the body as `model`. Raise Refused (400) with the invalid fields."""
        try:
            return model.model_validate_json(self.raw_body)
        except ValidationError as error:
            problems = [(".".join(map(str, problem["loc"])) or "body", problem["msg"]) for problem in error.errors()]
            raise Refused(400, "VALIDATION_ERROR", "The body is not valid.", *problems) from error


Handler: TypeAlias = Callable[["State", Call], Reply]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a service; the ids in `path` are in braces."""

    method: str
    path: str
    handler: Handler


@dataclass(frozen=True, slots=True)
class Service:
    """A simulated sibling: name, operations and error format."""

    name: str
    operations: tuple[Operation, ...]
    errors: ErrorFormat


def entity_of(entities: Mapping[str, Entity], key: str, kind: str) -> Entity:
    """Return the entity with the id `key`. Raise Refused (404) if there is none."""
    try:
        return entities[str(UUID(key))]
    except (KeyError, ValueError) as error:
        raise Refused(404, "NOT_FOUND", f"There is no {kind} {key}.") from error


def is_same_term(term: str, other: str) -> bool:
    """Return True if two spellings differ in case and separators only."""
    return _normalized(term) == _normalized(other)


def _normalized(term: str) -> str:
    return "".join(filter(str.isalnum, term)).lower()


def _malformed(name: str, reason: str) -> Refused:
    return Refused(400, "VALIDATION_ERROR", f"{name} {reason}.", (name, reason))
