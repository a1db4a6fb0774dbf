"""Rows that have ids of departures, trips and guides are shown with their names."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from scheduling.admin.plan_names import guide_names, trip_names
from scheduling.models import DepartureAlias, GuideCommitment, Reservation, ReservationStatus
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.novatrek_scheduling.console.seen_texts import SeenTexts
from tests.scheduling.writes import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

DEPARTURE, GUIDE = UUID(int=11), UUID(int=12)


@pytest.fixture(autouse=True)
def planned() -> UUID:
    """Return the trip of the departure."""
    departure = DepartureFactory(
        trip_name="Rim walk", team=[TeamMemberFactory(guide_id=GUIDE, guide_name="Ana Ruiz")], reservations={uuid4(): 2}
    )
    put({DEPARTURE: departure})
    return departure.trip_id


@pytest.fixture
def auditor() -> Client:
    return signed_in("Auditor")


def texts(person: Client, page: str, *arguments: object) -> str:
    return " ".join(SeenTexts(person.get(reverse(page, args=arguments)).content.decode()).seen)


def test_a_reservation_names_its_departure_with_the_time_there(auditor: Client) -> None:
    reservation = Reservation.objects.get()

    shown = texts(auditor, "admin:scheduling_reservation_change", reservation.pk)

    assert "reservation for 2 guests" in shown.lower()
    assert "Rim walk, " in shown
    assert "Rim walk, " in texts(auditor, "admin:scheduling_reservation_changelist")


def test_a_reservation_whose_departure_is_gone_says_so(auditor: Client) -> None:
    Reservation.objects.create(
        reservation_id=uuid4(), departure_id=uuid4(), status=ReservationStatus.ACTIVE, event_time=timezone.now()
    )

    assert "a departure that is no longer planned" in texts(auditor, "admin:scheduling_reservation_changelist")


def test_a_commitment_names_the_guide_and_has_the_times_of_the_departure(auditor: Client) -> None:
    commitment = GuideCommitment.objects.get()
    starts_at = commitment.starts_at.astimezone(DepartureFactory().starts_at.tzinfo)

    shown = texts(auditor, "admin:scheduling_guidecommitment_changelist")

    assert "Ana Ruiz" in shown
    assert f"{starts_at:%H:%M} to " in shown


def test_a_departure_under_another_id_in_the_catalog_has_its_name(auditor: Client, planned: UUID) -> None:
    DepartureAlias.objects.create(departure_id=DEPARTURE, catalog_id=uuid4(), trip_id=planned, schedule_date=TOMORROW)

    assert "Rim walk, " in texts(auditor, "admin:scheduling_departurealias_changelist")


def test_trips_and_guides_have_the_names_of_their_latest_departure(planned: UUID) -> None:
    later = DepartureFactory(
        trip_id=planned,
        trip_name="Rim walk at dusk",
        team=[TeamMemberFactory(guide_id=GUIDE, guide_name="Ana Ruiz-Ito")],
    )
    moved = {name: getattr(later, name) + timedelta(hours=30) for name in ("starts_at", "ends_at")}
    put({uuid4(): later.model_copy(update=moved)}, TOMORROW + timedelta(days=1))

    assert trip_names([planned, uuid4()]) == {planned: "Rim walk at dusk"}
    assert guide_names([GUIDE, uuid4()]) == {GUIDE: "Ana Ruiz-Ito"}
