"""A resolution tells each guest whom it concerns once, and says whom it has told and whom publishing will tell."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from conflicts.choices import EventKind, ResolutionStatus, Strategy
from conflicts.models import ConflictEvent, ConflictResolution, ScheduleConflict
from conflicts.options import Option, accept_risk
from conflicts.resolution.deliveries import settle_resolutions
from events.models import OutboxMessage
from events.relay import Relay
from scheduling.domain.document import DepartureStatus
from scheduling.models import Reservation
from scheduling.outbox_deliveries import deliver_now
from scheduling.publication.services import publish_departures
from tests.conflicts.planned import PlannedDay, options_of, plan_a_day, under_a_storm
from tests.factories import DISPATCHER, TOMORROW
from tests.scheduling.reservations.arrivals import book, cancel, in_boise
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

GUESTS = OutboxMessage.objects.filter(kind__startswith="guest.").order_by("id")


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


def resolve(conflict: ScheduleConflict, option: Option, **body: Any) -> dict[str, Any]:
    body |= {"conflict_id": str(conflict.pk), "selected_resolution_id": str(option.id)}
    url = "/scheduling/v1/schedule-conflicts/resolve"
    answer = Client().post(url, body, content_type="application/json", headers=bearer())
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def under_a_storm_with(planned: PlannedDay, *reservations: UUID) -> tuple[ScheduleConflict, Option]:
    """A published departure with these reservations of two, and the option that moves it to another date."""
    key = planned.staffed(lambda departure: departure.trail_id is not None)[0]
    planned.only_of_its_trip(key)
    publish_departures(planned.day, author=DISPATCHER, by_machine=False, departure_ids=[key])
    for reservation in reservations:
        book(planned.departure(key).trip_id, reservation, day=planned.day)
    return under_a_storm(planned, key)


def told() -> dict[str, dict[str, Any]]:
    """The notices to guests by reservation."""
    return {message.payload["body"]["reservation_id"]: message.payload["body"] for message in GUESTS.all()}


def test_guests_who_are_moved_are_told_date_and_time_at_once_and_guides_on_publishing(planned: PlannedDay) -> None:
    first, second, walk_in, gone = (uuid4() for _ in range(4))
    conflict, option = under_a_storm_with(planned, first, second, walk_in, gone)
    Reservation.objects.filter(pk=walk_in).update(guest_id=None)
    cancel(gone)
    start = planned.departure(UUID(conflict.details["departure_ids"][0])).starts_at

    answer = resolve(conflict, option)

    assert told().keys() == {str(first), str(second)}
    notice = told()[str(first)]
    assert notice["recipient_id"] == str(Reservation.objects.get(pk=first).guest_id)
    new = option.added[0].starts_at
    assert (notice["variables"]["date"], notice["variables"]["time"]) == (f"{new:%Y-%m-%d}", f"{new:%H:%M}")
    assert notice["variables"]["was"] == f"{start:%Y-%m-%d} at {start:%H:%M}"
    shown = {u["reservation_id"]: u["action"] for u in answer["downstream_updates"] if "reservation_id" in u}
    assert shown == {str(first): "guest.rescheduled", str(second): "guest.rescheduled"}
    assert "cancelled" in {notice["kind"] for notice in answer["told_on_publishing"]}
    by_hand = OutboxMessage.objects.get(payload__body__variables__source="guests to be told by hand")
    assert f"reservations {walk_in} (2)" in by_hand.payload["body"]["variables"]["reason"]
    assert "operations.alert" in {update["action"] for update in answer["downstream_updates"]}


def test_who_has_no_place_is_told_when_a_person_accepts_that() -> None:
    trip, reservation = uuid4(), uuid4()
    put({uuid4(): in_boise(trip, status=DepartureStatus.CANCELLED)})
    book(trip, reservation, guests=3)
    conflict = ScheduleConflict.objects.open().get(details__cause="GUESTS_WITHOUT_PLACE")

    resolve(
        conflict, accept_risk(conflict.pk, conflict.details), operator_notes="nothing is left", override_warnings=True
    )

    text = f"There is no place for 3 guests on Sunrise hike on {TOMORROW} at 21:00."
    assert [notice["variables"]["text"] for notice in told().values()] == [text]


def test_another_guide_is_no_news_for_guests(planned: PlannedDay) -> None:
    key = planned.staffed()[0]
    book(planned.departure(key).trip_id, uuid4(), day=planned.day)
    conflict = planned.send_lead_away(key)
    [option, *_] = options_of(conflict, Strategy.REASSIGN_GUIDE)

    answer = resolve(conflict, option)

    assert not GUESTS.exists()
    assert answer["resolution_status"] == "RESOLVED"


@pytest.mark.django_db(transaction=True)
def test_a_sibling_that_fails_in_the_middle_and_a_relay_that_dies_tell_each_guest_once_in_the_end(
    siblings: SimulatedSiblings,
) -> None:
    planned = plan_a_day(siblings)
    first, second = uuid4(), uuid4()
    conflict, option = under_a_storm_with(planned, first, second)
    siblings.switch("svc-notifications", "down")
    assert resolve(conflict, option)["resolution_status"] == "PARTIALLY_RESOLVED"

    Relay().drain()

    assert settle_resolutions() == 0
    delivered = {(u["service"], u["success"]) for u in ConflictResolution.objects.get(conflict=conflict).downstream}
    assert delivered == {("svc-trip-catalog", True), ("svc-notifications", False)}

    siblings.switch("svc-notifications", "ok")
    # A relay was killed after the delivery and before it could store that: it is delivered again.
    message = GUESTS.all()[0]
    deliver_now(message.destination, message.payload, key=str(message.message_id), deadline_seconds=10)
    OutboxMessage.objects.update(next_attempt_at=timezone.now())
    Relay().drain()

    # Twice with the same key, by which svc-notifications knows it; recorded once each.
    told_of = {call["body"].get("reservation_id") for call in siblings.received("svc-notifications")}
    assert told_of - {None} == {str(first), str(second)}
    assert GUESTS.count() == len(told()) == 2
    assert settle_resolutions() == 1
    assert settle_resolutions() == 0
    stored = ConflictResolution.objects.get(conflict=conflict)
    assert stored.status == ResolutionStatus.RESOLVED
    assert all(update["success"] for update in stored.downstream)
    assert ConflictEvent.objects.filter(conflict=conflict, kind=EventKind.COMPLETED).count() == 1
