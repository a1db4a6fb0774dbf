"""svc-notifications: receives messages to people. They are not sent, but can be read back."""

from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, Field

from novatrek_scheduling.sandbox.siblings.service import (
    Call,
    ErrorFormat,
    Operation,
    Refused,
    Reply,
    Service,
)
from novatrek_scheduling.sandbox.siblings.state import State, command
from novatrek_scheduling.sandbox.world import Entity, World

NAME = "svc-notifications"
_TEMPLATES = "https://novatrek.example.com/templates"
_NAMES = (
    "guide_assigned",
    "guide_released",
    "guide_rescheduled",
    "guide_role_changed",
    "guide_cancelled",
    "guest_cancelled",
    "guest_rescheduled",
    "guest_seated",
    "guest_without_place",
    "operations_alert",
)
TEMPLATES = {name: uuid5(NAMESPACE_URL, f"{_TEMPLATES}/{name}") for name in _NAMES}
"""The templates of this service by name; all others are refused."""


class NewNotification(BaseModel):
    """SendNotificationRequest."""

    recipient_id: UUID
    channel: Literal["EMAIL", "SMS", "PUSH", "IN_APP"]
    template_id: UUID
    variables: dict[str, str] = Field(default_factory=dict)
    reservation_id: UUID | None = None
    priority: Literal["LOW", "NORMAL", "HIGH", "URGENT"] = "NORMAL"


def send_notification(state: State, call: Call) -> Reply:
    message = call.body(NewNotification)
    if message.template_id not in TEMPLATES.values():
        problem = ("template_id", "is not a template of this service")
        raise Refused(422, "UNKNOWN_TEMPLATE", "There is no such template.", problem)
    arguments = message.model_dump(mode="json", exclude_none=True)
    return Reply(state.execute("queue_notification", arguments, service=NAME, path="/notifications"), 202)


@command("notifications")
def queue_notification(_: World, arguments: Entity, entry: Entity) -> Entity:
    """Return a queued message."""
    return arguments | {"id": entry["id"], "status": "QUEUED", "queued_at": entry["at"]}


SERVICE = Service(NAME, (Operation("POST", "/notifications", send_notification),), ErrorFormat(reason_key="issue"))
