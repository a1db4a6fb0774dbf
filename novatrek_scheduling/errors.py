"""The errors of the domain, independent of HTTP; `api.exception_handler` maps them to responses of the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A problem with one field, described such that the sender can correct it."""

    field: str
    reason: str


class DomainError(Exception):
    """The base class of all refusals by the domain.

    `code` is stable and for programs, `message` is for people and says how to proceed. `problems` are the
    fields concerned, `data` further members of the error response, for programs.
    """

    code: ClassVar[str] = "REFUSED"
    data: Mapping[str, Any] = {}

    def __init__(self, message: str, *problems: FieldProblem) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems


class Malformed(DomainError):
    """The input is outside its type or bounds."""

    code = "INVALID_INPUT"


class Impossible(DomainError):
    """The input is well formed but cannot be carried out."""

    code = "IMPOSSIBLE"


class Unknown(DomainError):
    """The requested object does not exist."""

    code = "NOT_FOUND"


class Forbidden(DomainError):
    """The caller lacks the permission."""

    code = "FORBIDDEN"


class Conflicting(DomainError):
    """The current state of the object does not allow the operation."""

    code = "CONFLICT"


class Gone(DomainError):
    """The resource was retired at `sunset`; `successor` is the address of its replacement."""

    code = "GONE"

    def __init__(self, message: str, *problems: FieldProblem, successor: str, sunset: datetime) -> None:
        super().__init__(message, *problems)
        self.successor, self.sunset = successor, sunset


class PreconditionFailed(DomainError):
    """The If-Match header of the caller names a revision other than the current one (RFC 9110, section 13.1.1)."""

    code = "PRECONDITION_FAILED"


class Unavailable(DomainError):
    """A dependency is unavailable; the same call may succeed after `retry_after_seconds`."""

    code = "UNAVAILABLE"

    def __init__(self, message: str, *problems: FieldProblem, retry_after_seconds: int = 5) -> None:
        super().__init__(message, *problems)
        self.retry_after_seconds = retry_after_seconds
