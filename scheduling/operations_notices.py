"""Notices to operations: what nobody else would hear of, recorded in the transaction of its cause."""

from collections.abc import Collection

from django.conf import settings

from events import outbox
from events.models import OutboxMessage
from scheduling.domain.facts import Sibling


def notify_operations(*, source: str, reason: str, key: str, guides: Collection[str] = ()) -> OutboxMessage:
    """Record a notice to operations: where it comes from, what is wrong, what it is about, and the guides concerned."""
    return outbox.record(
        destination=Sibling.NOTIFICATIONS,
        key="operations",
        kind="operations.alert",
        payload={
            "body": {
                "recipient_id": settings.OPERATIONS_RECIPIENT_ID,
                "channel": settings.NOTIFICATION_CHANNEL,
                "template_id": settings.NOTIFICATION_TEMPLATES["operations_alert"],
                "priority": "URGENT",
                "variables": {"source": source, "reason": reason, "key": key, "guides": ", ".join(guides)},
            }
        },
    )
