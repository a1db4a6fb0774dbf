from datetime import timedelta
from uuid import uuid4

import pytest

from scheduling.models import Reservation
from scheduling.reservations.bookings import forget_guests
from tests.factories import TOMORROW
from tests.scheduling.reservations.arrivals import book


@pytest.mark.django_db
def test_guests_are_forgotten_a_month_after_the_date_that_they_booked() -> None:
    trip, past, recent = uuid4(), uuid4(), uuid4()
    for reservation, day in ((past, TOMORROW), (recent, TOMORROW + timedelta(days=1))):
        book(trip, reservation, day=day)

    assert forget_guests(TOMORROW + timedelta(days=31)) == 1

    assert Reservation.objects.get(pk=past).guest_id is None
    assert Reservation.objects.get(pk=recent).guest_id is not None
