"""The small world of the interleavings: one date, three departures of two trips, three guides.

The first two departures run at the same time, so that no guide can be on both; the third comes later.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from scheduling.rules import Facts
from tests.factories import TOMORROW, DepartureFactory, GuideFactory, TrailFactory, TripFactory, at, facts_of

GUIDES = [GuideFactory(id=uuid5(NAMESPACE_OID, f"guide {n}"), name=f"Guide {n}") for n in range(3)]
GUESTS_OF_A_GUIDE = GUIDES[0].max_group_size
TRIPS = [TripFactory(id=uuid5(NAMESPACE_OID, f"trip {n}")) for n in range(2)]
# Of another activity, so that the departures can go there but need not.
TRAILS = [TrailFactory(id=uuid5(NAMESPACE_OID, f"trail {n}"), activities=frozenset({"RAFTING"})) for n in range(2)]
DEPARTURES = 3
# How well each of them suits each departure: all know the trips equally well.
SCORE = 0.507
_HOURS = [(9, 12), (10, 13), (15, 18)]
_TRIP_OF = [0, 0, 1]
# When a departure may come to an end: at noon, or so late that nobody can lead the third after it.
ENDS = ("13:15:00Z", "14:45:00Z")
_FACTS = facts_of(guides=GUIDES, trips=TRIPS, trails=TRAILS)
# Far enough from each other that a guide has slept in between.
_APART = timedelta(days=3)


def day_of(example: int) -> date:
    """A date that no other example touches."""
    return TOMORROW + (example + 1) * _APART


def facts_on(day: date) -> Facts:
    """Everybody available, and certified for both trips."""
    everybody = frozenset(guide.id for guide in GUIDES)
    return replace(_FACTS, snapshot=replace(_FACTS.snapshot, days=(day,), available={day: everybody}))


def departure_id(day: date, number: int) -> str:
    return str(uuid5(NAMESPACE_OID, f"{day} departure {number}"))


def reservation_id(day: date, number: int) -> UUID:
    return uuid5(NAMESPACE_OID, f"{day} reservation {number}")


def new_departure(day: date, number: int) -> dict[str, Any]:
    """A departure as a document holds it, with nobody to lead it and four seats sold."""
    first, last = _HOURS[number]
    departure = DepartureFactory(
        trip_id=TRIPS[_TRIP_OF[number]].id,
        starts_at=at(first, day=day),
        ends_at=at(last, day=day),
        participants=4,
        catalog_participants=4,
    )
    return dict(departure.model_dump(mode="json", by_alias=True))


def newcomer(guide_id: str) -> dict[str, Any]:
    """A guide whom somebody just put on a team."""
    guide = next(guide for guide in GUIDES if str(guide.id) == guide_id)
    return {
        "guide_id": guide_id,
        "guide_name": guide.name,
        "role": "LEAD",
        "assignment_status": "TENTATIVE",
        "certifications": sorted(guide.certifications),
        "pinned": False,
        "score": SCORE,
    }
