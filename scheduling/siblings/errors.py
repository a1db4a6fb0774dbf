"""The errors of a call to a sibling."""

from novatrek_scheduling.errors import Unavailable
from scheduling.domain.facts import Sibling


class SiblingUnavailable(Unavailable):
    """A sibling whose response is needed does not give one now. The same call may succeed later."""

    code = "SIBLING_UNAVAILABLE"

    def __init__(self, sibling: Sibling, operation: str, why: str) -> None:
        super().__init__(f"{sibling} does not answer {operation}: {why}. Try again in a few seconds.")
        self.sibling = sibling
        self.operation = operation
        self.why = why


class SiblingFailure(SiblingUnavailable):
    """A call got no response, or one off the contract.

    `reason` is one of timeout, unreachable, server_error, unexpected_status, off_contract and suspicious: on the
    contract, but so unlike the last good answer that it cannot be believed.
    """

    def __init__(self, sibling: Sibling, operation: str, reason: str, why: str) -> None:
        super().__init__(sibling, operation, why)
        self.reason = reason

    @property
    def is_transient(self) -> bool:
        """Return whether an immediate retry can help."""
        return self.reason in {"timeout", "unreachable", "server_error"}


class SiblingNotFound(Exception):
    """The sibling does not know the requested resource (404)."""

    def __init__(self, sibling: Sibling, operation: str) -> None:
        super().__init__(f"{sibling} knows nothing by that id ({operation})")
        self.sibling = sibling
        self.operation = operation


class SiblingRefusal(Exception):
    """The sibling refused a message for good: `status` is a client error that no retry changes."""

    def __init__(self, sibling: Sibling, operation: str, status: int, message: str) -> None:
        super().__init__(f"{sibling} refused {operation} with {status}: {message}")
        self.sibling = sibling
        self.operation = operation
        self.status = status
