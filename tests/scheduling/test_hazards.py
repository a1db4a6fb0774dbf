from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from scheduling.domain.facts import Span
from scheduling.event_handlers import emergency_triggered, reservation_created, wildlife_alert_issued
from scheduling.hazards import HazardReleased, fact_of, hazards_in_force, release_hazard
from scheduling.hooks import hazard_changed
from scheduling.models import Hazard, HazardKind
from tests.factories import TOMORROW, DepartureFactory, GuideFactory, at, lead
from tests.scheduling.sessions import wait_until_a_session_is_blocked
from tests.scheduling.writes import put

pytestmark = pytest.mark.django_db

NOON = at(12, day=TOMORROW - timedelta(days=3))
A_DEPARTURE = Span(at(9), at(12))


def alert(alert_id: UUID | None = None, *, minutes: int = 0, **fields: Any) -> None:
    event = {
        "event_id": str(uuid4()),
        "event_type": "wildlife_alert.issued",
        "timestamp": (NOON + timedelta(minutes=minutes)).isoformat(),
        "alert_id": str(alert_id or uuid4()),
        "species_name": "Grizzly bear",
        "threat_level": "high",
        "affected_trail_ids": [],
    }
    wildlife_alert_issued(event | fields)


def emergency(reservation: UUID, kind: str = "medical") -> None:
    emergency_triggered(
        {
            "event_id": str(uuid4()),
            "event_type": "emergency.triggered",
            "timestamp": NOON.isoformat(),
            "emergency_id": str(uuid4()),
            "guest_id": str(uuid4()),
            "reservation_id": str(reservation),
            "type": kind,
            "severity": "critical",
            "reported_by": "Ranger Kim",
        }
    )


def book(reservation: UUID, trip: UUID) -> None:
    reservation_created(
        {
            "timestamp": NOON.isoformat(),
            "reservation_id": str(reservation),
            "trip_id": str(trip),
            "trip_date": TOMORROW.isoformat(),
        }
    )


@pytest.mark.parametrize(
    ("threat", "action", "severity", "closes"),
    [
        ("low", "close_trail", "LOW", True),
        ("moderate", None, "MEDIUM", False),
        ("high", None, "HIGH", True),
        ("extreme", "evacuate", "CRITICAL", True),
        ("extreme", "monitor", "CRITICAL", False),
    ],
)
def test_an_alert_closes_trails_by_what_it_recommends_and_else_by_its_threat(
    threat: str, action: str | None, severity: str, closes: bool
) -> None:
    trail = uuid4()

    alert(threat_level=threat, affected_trail_ids=[str(trail)], **({"recommended_action": action} if action else {}))

    hazard = Hazard.objects.get()
    assert (hazard.kind, hazard.severity, hazard.closes(trail)) == (HazardKind.WILDLIFE, severity, closes)


def test_an_alert_is_in_force_until_it_expires() -> None:
    alert(expires_at=at(10).isoformat())

    assert len(hazards_in_force(A_DEPARTURE)) == 1
    assert hazards_in_force(Span(at(10), at(12))) == ()


def test_the_rules_know_those_hazards_that_their_rows_say_are_in_force() -> None:
    for hour in range(9, 14):
        alert(minutes=60 * hour, expires_at=at(hour + 1).isoformat())
        alert(minutes=60 * hour)
    release_hazard(Hazard.objects.order_by("starts_at").first(), by="ops")  # type: ignore[arg-type]

    for span in (Span(at(first), at(last)) for first in range(8, 14) for last in range(first + 1, 16)):
        expected = Hazard.objects.in_force(span.starts_at, span.ends_at).order_by("starts_at", "hazard_id")
        assert hazards_in_force(span) == tuple(map(fact_of, expected))


def test_a_newer_telling_of_an_alert_replaces_an_older_one_and_never_the_other_way_round() -> None:
    alert_id = uuid4()
    alert(alert_id, minutes=10, threat_level="extreme")

    alert(alert_id, minutes=20, threat_level="moderate")
    alert(alert_id, minutes=5, threat_level="high")

    assert Hazard.objects.get().severity == "MEDIUM"


def test_an_emergency_holds_the_team_of_the_reservations_departure() -> None:
    guide, trip, reservation = GuideFactory(), uuid4(), uuid4()
    put({uuid4(): DepartureFactory(trip_id=trip, team=[lead(guide)])})
    book(reservation, trip)

    emergency(reservation)

    [fact] = hazards_in_force(A_DEPARTURE)
    assert fact.guide_ids == {guide.id}
    assert fact.description == "Medical emergency, reported by Ranger Kim"
    assert Hazard.objects.get().severity == "CRITICAL"


@pytest.mark.parametrize(("kind", "closes"), [("wildlife", True), ("weather", False)])
def test_wildlife_closes_the_trail_and_weather_only_concerns_it(kind: str, closes: bool) -> None:
    trail, trip, reservation = uuid4(), uuid4(), uuid4()
    put({uuid4(): DepartureFactory(trip_id=trip, trail_id=trail, team=[lead(GuideFactory())])})
    book(reservation, trip)

    emergency(reservation, kind)

    [fact] = hazards_in_force(A_DEPARTURE)
    assert (fact.trail_ids, fact.closes_trails, fact.guide_ids) == ({trail}, closes, frozenset())


def test_an_emergency_of_an_unknown_reservation_is_recorded_and_completed_once_it_is_known() -> None:
    guide, trip, reservation = GuideFactory(), uuid4(), uuid4()
    put({uuid4(): DepartureFactory(trip_id=trip, team=[lead(guide)])})
    emergency(reservation)
    assert Hazard.objects.get().guide_ids == []

    book(reservation, trip)

    assert Hazard.objects.get().guide_ids == [str(guide.id)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_booked_first", [True, False])
def test_an_emergency_at_the_very_moment_of_its_reservation_holds_the_team(is_booked_first: bool) -> None:
    guide, trip, reservation = GuideFactory(), uuid4(), uuid4()
    put({uuid4(): DepartureFactory(trip_id=trip, team=[lead(guide)])})
    events: list[Callable[[], None]] = [partial(book, reservation, trip), partial(emergency, reservation)]
    first, second = events if is_booked_first else reversed(events)

    def arrive_meanwhile() -> None:
        try:
            with transaction.atomic():
                second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            arriving = pool.submit(arrive_meanwhile)
            wait_until_a_session_is_blocked()
        arriving.result(timeout=30)

    assert Hazard.objects.get().guide_ids == [str(guide.id)]


def test_a_released_hazard_forbids_nothing_and_is_released_once(monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[Hazard] = []
    monkeypatch.setattr(hazard_changed, "_functions", [announced.append])
    alert()

    release_hazard(Hazard.objects.get(), by="ana")

    hazard = Hazard.objects.get()
    assert hazard.released_by == "ana"
    assert hazards_in_force(A_DEPARTURE) == ()
    assert len(announced) == 2
    with pytest.raises(HazardReleased):
        release_hazard(hazard, by="ben")
