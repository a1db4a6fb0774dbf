"""The errors of the domain. They know nothing of HTTP; `api_errors` translates them, once, for the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one field, in words its sender can act on."""

    field: str
    reason: str


class DomainError(Exception):
    """Something the domain refuses. `code` is stable; `message` says what to do about it.

    `data` is what a program needs beside the message.
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
    """The input is well formed, and cannot be done."""

    code = "IMPOSSIBLE"


class Unknown(DomainError):
    """What is asked for does not exist."""

    code = "NOT_FOUND"


class Forbidden(DomainError):
    """The caller may not do this."""

    code = "FORBIDDEN"


class Conflicting(DomainError):
    """The state of what is asked for does not allow this now."""

    code = "CONFLICT"


class Gone(DomainError):
    """What was asked for is retired since `sunset`; `successor` is the address of what took its place."""

    code = "GONE"

    def __init__(self, message: str, *problems: FieldProblem, successor: str, sunset: datetime) -> None:
        super().__init__(message, *problems)
        self.successor, self.sunset = successor, sunset


class PreconditionFailed(DomainError):
    """The caller's If-Match names a revision that is not the current one."""

    code = "PRECONDITION_FAILED"


class Unavailable(DomainError):
    """Something this needs does not answer now; the same call may succeed later."""

    code = "UNAVAILABLE"

    def __init__(self, message: str, *problems: FieldProblem, retry_after_seconds: int = 5) -> None:
        super().__init__(message, *problems)
        self.retry_after_seconds = retry_after_seconds
