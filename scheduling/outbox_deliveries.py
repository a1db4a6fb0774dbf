"""The deliveries of the outbox to siblings.

| destination          | payload                                                   | becomes                    |
|----------------------|-----------------------------------------------------------|----------------------------|
| svc-notifications    | {"body": SendNotificationRequest}                         | POST /notifications        |
| svc-trip-catalog     | {"trip_id", "departure_id", "body": TripScheduleCreateRequest} | POST /trips/…/schedule |
| svc-trail-management | {"trail_id", "body": CreateClosureRequest}                | POST /trails/…/closures    |
| svc-analytics        | {"body": the event}                                       | POST /events               |

`departure_id` is ours. Each call carries the message's id as Idempotency-Key, because a message may be delivered twice.
"""

from collections.abc import Callable, Mapping
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID

from events.models import OutboxMessage
from events.outbox import DeliveryRefused, register_destination
from novatrek_scheduling.deadline import Deadline
from scheduling.daily_schedules.catalog_aliases import record_alias
from scheduling.domain.facts import Sibling
from scheduling.siblings import (
    SiblingNotFound,
    SiblingRefusal,
    SiblingUnavailable,
    analytics,
    notifications,
    trail_management,
    trip_catalog,
)
from scheduling.siblings.calls import DELIVERY_SECONDS
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups

Send = Callable[[Mapping[str, Any], str, Deadline], None]


def register_deliveries() -> None:
    """Register the delivery to each sibling that receives messages."""
    for sibling, send in _SENDERS.items():
        register_destination(sibling.value, _delivery_by(send))


def deliver_now(destination: str, payload: Mapping[str, Any], *, key: str, deadline_seconds: float) -> None:
    """Deliver the payload of an outbox message to a sibling, with the message's id as `key`, within the deadline.

    Raises DeliveryRefused where a further attempt is futile, SiblingUnavailable where it is not.
    """
    try:
        _SENDERS[Sibling(destination)](payload, key, Deadline.after(deadline_seconds))
    except (SiblingRefusal, SiblingNotFound) as refusal:
        raise DeliveryRefused(str(refusal)) from refusal


def _delivery_by(send: Send) -> Callable[[OutboxMessage], None]:
    def deliver(message: OutboxMessage) -> None:
        deliver_now(
            message.destination, message.payload, key=str(message.message_id), deadline_seconds=DELIVERY_SECONDS
        )

    return deliver


def _notify(payload: Mapping[str, Any], key: str, deadline: Deadline) -> None:
    notifications.send_notification(payload["body"], key=key, deadline=deadline)


def _analyse(payload: Mapping[str, Any], key: str, deadline: Deadline) -> None:
    analytics.send_event(payload["body"], key=key, deadline=deadline)


def _close_trail(payload: Mapping[str, Any], key: str, deadline: Deadline) -> None:
    trail_management.close_trail(UUID(payload["trail_id"]), payload["body"], key=key, deadline=deadline)


def _add_departure(payload: Mapping[str, Any], key: str, deadline: Deadline) -> None:
    trip_id, body = UUID(payload["trip_id"]), payload["body"]
    try:
        created = trip_catalog.add_departure(trip_id, body, key=key, deadline=deadline)
    except SiblingRefusal as refusal:
        if refusal.status != HTTPStatus.CONFLICT:
            raise
        created = _existing(trip_id, body, deadline)
    # Should this fail, the message is delivered again, and the catalog then answers 409 for the existing departure.
    record_alias(UUID(payload["departure_id"]), created.id, trip_id=trip_id, day=created.departure_date)


def _existing(trip_id: UUID, body: Mapping[str, Any], deadline: Deadline) -> trip_catalog.DeparturePayload:
    """The departure that the catalog has already: of the same trip, date and time."""
    day = date.fromisoformat(body["departure_date"])
    with Lookups(deadline) as lookups:
        reading = lookups.branch(trip_catalog.read_departures, SiblingReader(deadline), lookups, trip_id, day, day)
        departures = lookups.result(Sibling.TRIP_CATALOG, reading)
    for departure in departures.entries:
        if departure.departure_time == body["departure_time"]:
            return departure
    reason = f"it refuses a departure on {day} at {body['departure_time']} and lists none"
    raise SiblingUnavailable(Sibling.TRIP_CATALOG, "addScheduledDeparture", reason)


_SENDERS: Mapping[Sibling, Send] = {
    Sibling.NOTIFICATIONS: _notify,
    Sibling.TRIP_CATALOG: _add_departure,
    Sibling.TRAIL_MANAGEMENT: _close_trail,
    Sibling.ANALYTICS: _analyse,
}
