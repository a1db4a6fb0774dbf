"""Replay of the dead letters of schedule requests."""

from uuid import UUID

from events.models import DeadLetter
from novatrek_scheduling.errors import Conflicting
from scheduling.requests.claims import reopen_request


class NotReopened(Conflicting):
    """The request of the dead letter is not FAILED any more."""

    code = "REQUEST_NOT_FAILED"


def replay_request(dead_letter: DeadLetter) -> None:
    """Process the failed request once more. Raises NotReopened where it is not FAILED any more."""
    payload = dead_letter.payload if isinstance(dead_letter.payload, dict) else {}
    if not reopen_request(UUID(str(payload.get("request_id")))):
        raise NotReopened("The request is not FAILED any more.")
