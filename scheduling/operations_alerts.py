"""Telling operations of what nobody could finish: a dead letter is somebody's work not done."""

from uuid import UUID

from django.conf import settings

from events import outbox
from events.dead_letters import on_dead_letter, register_replay
from events.models import DeadLetter
from novatrek_scheduling.errors import Conflicting
from scheduling.domain.facts import Sibling
from scheduling.guides_concerned import names_of_guides
from scheduling.requests.claims import DEAD_LETTER_SOURCE, reopen_request


class NotReopened(Conflicting):
    """The request was worked on since."""

    code = "REQUEST_NOT_FAILED"


def register_operations_notice() -> None:
    on_dead_letter(notify_operations)
    register_replay(DEAD_LETTER_SOURCE, replay_request)


def notify_operations(dead_letter: DeadLetter) -> None:
    """Record a notification, in the transaction of the dead letter.

    One that could not be delivered to svc-notifications itself is left out: reporting it there would fail
    again, for ever.
    """
    told = dead_letter.payload if isinstance(dead_letter.payload, dict) else {}
    if told.get("destination") == Sibling.NOTIFICATIONS:
        return
    outbox.record(
        destination=Sibling.NOTIFICATIONS,
        key="operations",
        kind="operations.alert",
        payload={
            "body": {
                "recipient_id": settings.OPERATIONS_RECIPIENT_ID,
                "channel": settings.NOTIFICATION_CHANNEL,
                "template_id": settings.NOTIFICATION_TEMPLATES["operations_alert"],
                "priority": "URGENT",
                "variables": {
                    "source": dead_letter.source,
                    "reason": dead_letter.reason,
                    "key": dead_letter.key,
                    "guides": ", ".join(names_of_guides(told)),
                },
            }
        },
    )


def replay_request(dead_letter: DeadLetter) -> None:
    """Work on the failed request once more. Raises NotReopened where it is not FAILED any more."""
    told = dead_letter.payload if isinstance(dead_letter.payload, dict) else {}
    if not reopen_request(UUID(str(told.get("request_id")))):
        raise NotReopened("The request is not FAILED any more.")
