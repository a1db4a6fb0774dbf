"""Handlers of consumed events. The inbox calls them in its transaction, once for each event."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from events.inbox import RetryLater, register_handler
from scheduling.domain.limits import MAX_GUESTS, RECORDED_FUTURE, RECORDED_PAST
from scheduling.errors import ContentionNotResolved
from scheduling.hazards import Emergency, WildlifeAlert, record_emergency, record_wildlife_alert
from scheduling.reservations.bookings import Booking, StatusChange, change_status, record_booking

Handler = Callable[[dict[str, Any]], None]

DEFAULT_GUESTS = 1
CANCELLED = "CANCELLED"


LONGEST_NAME = 200


def _within_reach(moment: datetime) -> datetime:
    now = timezone.now()
    if not now - RECORDED_PAST <= moment <= now + RECORDED_FUTURE:
        raise ValueError("it has to lie between a year ago and three years ahead")
    return moment


def _date_within_reach(day: date) -> date:
    today = timezone.now().date()
    if not today - RECORDED_PAST <= day <= today + RECORDED_FUTURE:
        raise ValueError("it has to lie between a year ago and three years ahead")
    return day


_Moment = Annotated[AwareDatetime, AfterValidator(_within_reach)]
_Date = Annotated[date, AfterValidator(_date_within_reach)]


class _Event(BaseModel):
    timestamp: _Moment


class _ReservationCreated(_Event):
    reservation_id: UUID
    guest_id: UUID | None = None
    trip_id: UUID
    trip_date: _Date | None = None
    participant_count: int = Field(default=DEFAULT_GUESTS, ge=1, le=MAX_GUESTS)


class _ReservationStatusChanged(_Event):
    reservation_id: UUID
    previous_status: str
    new_status: str


class _WildlifeAlertIssued(_Event):
    alert_id: UUID
    species_name: str = Field(max_length=LONGEST_NAME)
    threat_level: str
    affected_trail_ids: tuple[UUID, ...]
    recommended_action: str | None = None
    expires_at: _Moment | None = None


class _EmergencyTriggered(_Event):
    emergency_id: UUID
    reservation_id: UUID
    type: str
    severity: str
    reported_by: str = Field(default="", max_length=LONGEST_NAME)


def register_event_handlers() -> None:
    """Register the handlers of the four events that concern daily schedules with the inbox."""
    register_handler("reservation.created", _retried_on_contention(reservation_created))
    register_handler("reservation.status_changed", _retried_on_contention(reservation_status_changed))
    register_handler("wildlife_alert.issued", _retried_on_contention(wildlife_alert_issued))
    register_handler("emergency.triggered", _retried_on_contention(emergency_triggered))


def reservation_created(payload: dict[str, Any]) -> None:
    """Record the reservation and seat its guests."""
    event = _ReservationCreated.model_validate(payload)
    record_booking(
        Booking(
            reservation_id=event.reservation_id,
            trip_id=event.trip_id,
            trip_date=event.trip_date,
            participant_count=event.participant_count,
            event_time=event.timestamp,
            guest_id=event.guest_id,
        )
    )


def reservation_status_changed(payload: dict[str, Any]) -> None:
    """Cancel the reservation where that is its new status, reinstate it where it was cancelled and is not any more."""
    event = _ReservationStatusChanged.model_validate(payload)
    change_status(
        StatusChange(
            reservation_id=event.reservation_id,
            was_cancelled=event.previous_status == CANCELLED,
            is_cancelled=event.new_status == CANCELLED,
            event_time=event.timestamp,
        )
    )


def wildlife_alert_issued(payload: dict[str, Any]) -> None:
    """Record the alert as a hazard on its trails."""
    event = _WildlifeAlertIssued.model_validate(payload)
    record_wildlife_alert(
        WildlifeAlert(
            id=event.alert_id,
            species=event.species_name,
            threat_level=event.threat_level,
            trail_ids=event.affected_trail_ids,
            recommended_action=event.recommended_action,
            issued_at=event.timestamp,
            expires_at=event.expires_at,
        )
    )


def emergency_triggered(payload: dict[str, Any]) -> None:
    """Record the emergency as a hazard."""
    event = _EmergencyTriggered.model_validate(payload)
    record_emergency(
        Emergency(
            id=event.emergency_id,
            type=event.type,
            severity=event.severity,
            reservation_id=event.reservation_id,
            triggered_at=event.timestamp,
            reported_by=event.reported_by,
        )
    )


def _retried_on_contention(handle: Handler) -> Handler:
    """The handler with contention as RetryLater: it is no failure of the event, which the inbox offers again."""

    @wraps(handle)
    def handler(payload: dict[str, Any]) -> None:
        try:
            handle(payload)
        except ContentionNotResolved as contention:
            raise RetryLater(contention.message) from contention

    return handler
