"""The guests of a departure: its reservations, and the requests that it serves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from django.urls import reverse

from scheduling.models import RequestOutcome, Reservation

MOST = 50
"""Rows of a list; a departure of more guests has their sum."""


@dataclass(frozen=True, slots=True)
class Party:
    """Guests who booked together. `booked_at` is by the clocks of the departure, None where it is unknown."""

    address: str
    guests: int
    booked_at: datetime | None
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request that the departure serves."""

    address: str
    by: str
    created_at: datetime


def parties_of(departure_id: UUID, seated: Mapping[UUID, int], clock: tzinfo | None) -> tuple[Party, ...]:
    """Return the reservations of a departure, the latest first, in one query; `seated` are those it counts."""
    rows = Reservation.objects.filter(departure_id=departure_id).order_by("-event_time", "pk")[:MOST]
    return tuple(
        Party(
            address=reverse("admin:scheduling_reservation_change", args=[row.pk]),
            guests=row.participant_count,
            booked_at=row.booked_at.astimezone(clock) if row.booked_at else None,
            is_cancelled=row.pk not in seated,
        )
        for row in rows
    )


def requests_of(departure_id: UUID, clock: tzinfo | None) -> tuple[RequestLine, ...]:
    """Return the requests that a departure serves, the latest first, in one query."""
    outcomes = RequestOutcome.objects.following([departure_id]).select_related("request")
    return tuple(
        RequestLine(
            address=reverse("admin:scheduling_schedulerequest_change", args=[outcome.request_id]),
            by=outcome.request.requested_by,
            created_at=outcome.request.created_at.astimezone(clock),
        )
        for outcome in outcomes.order_by("-completed_at")[:MOST]
    )
