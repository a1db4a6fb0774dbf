"""What an operation is given and what it answers, in the words and the error format of its service."""

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
    """A request that the service answers with an error; `details` are pairs of field and reason."""

    def __init__(self, status: int, code: str, message: str, *details: tuple[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the JSON that goes with it."""

    payload: Any
    status: int = 200


@dataclass(frozen=True, slots=True)
class ErrorFormat:
    """How a service spells its errors."""

    code_key: str = "error_code"
    reason_key: str = "reason"
    id_key: str | None = None

    def payload(self, refusal: Refused) -> Entity:
        """The error as this service writes it."""
        error: Entity = {self.code_key: refusal.code, "message": refusal.message}
        if refusal.details:
            error["details"] = [{"field": field, self.reason_key: reason} for field, reason in refusal.details]
        return error | ({self.id_key: str(uuid4())} if self.id_key else {})


class Query:
    """The query parameters of a call; a malformed one is refused with its name."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self._parameters = parameters

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
    """One request: the ids of its path, its query and its body."""

    ids: Mapping[str, str]
    query: Query
    raw_body: bytes = b""

    def body(self, model: type[B]) -> B:
        """The body as `model`, or a 400 that names each wrong field."""
        try:
            return model.model_validate_json(self.raw_body)
        except ValidationError as error:
            problems = [(".".join(map(str, problem["loc"])) or "body", problem["msg"]) for problem in error.errors()]
            raise Refused(400, "VALIDATION_ERROR", "The body is not valid.", *problems) from error


Handler: TypeAlias = Callable[["State", Call], Answer]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a service. `path` has its ids in braces."""

    method: str
    path: str
    handler: Handler


@dataclass(frozen=True, slots=True)
class Service:
    """A simulated sibling: its name, its operations, and how it spells errors."""

    name: str
    operations: tuple[Operation, ...]
    errors: ErrorFormat


def found(entities: Mapping[str, Entity], key: str, what: str) -> Entity:
    """The entity with this id, or a 404."""
    try:
        return entities[str(UUID(key))]
    except (KeyError, ValueError) as error:
        raise Refused(404, "NOT_FOUND", f"There is no {what} {key}.") from error


def same_word(word: str, other: str) -> bool:
    """Whether two spellings differ in case and separators only."""
    return _squeezed(word) == _squeezed(other)


def _squeezed(word: str) -> str:
    return "".join(filter(str.isalnum, word)).lower()


def _malformed(name: str, reason: str) -> Refused:
    return Refused(400, "VALIDATION_ERROR", f"{name} {reason}.", (name, reason))
