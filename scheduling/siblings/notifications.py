"""svc-notifications: the only channel through which people are notified."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call, Payload
from scheduling.siblings.client import send


class NotificationPayload(Payload):
    id: UUID | None = None


def send_notification(body: Mapping[str, Any], *, key: str, deadline: Deadline) -> NotificationPayload:
    """Send a notification to one recipient. Raises SiblingRefusal and SiblingUnavailable."""
    call = Call(Sibling.NOTIFICATIONS, "sendNotification", "/notifications", body=body, key=key)
    return send(call, NotificationPayload, deadline)
