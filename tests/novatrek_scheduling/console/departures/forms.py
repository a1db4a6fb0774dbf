"""Departures whose guides the simulated siblings know, and their panel's form as a browser sends it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse

from scheduling.domain.document import Departure, Role
from scheduling.models import DailySchedule
from tests.factories import DepartureFactory
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings

HIKE, CLIMB = UUID(int=0xD), UUID(int=0xE)


def plan_hike(siblings: SimulatedSiblings, key: UUID = HIKE, **fields: Any) -> Departure:
    """Store a draft of a real trip in two days, from 18 to 20 UTC, on an open trail, without a team."""
    trips = siblings.call("svc-trip-catalog", "/trips", params={"activity_type": "HIKING", "status": "ACTIVE"})
    trip = trips.json()["data"][0]
    query = {"region_id": trip["region_id"], "status": "OPEN"}
    trail = siblings.call("svc-trail-management", "/trails", params=query).json()["trails"][0]
    starts_at = datetime.combine(day_of(siblings), time(18), UTC)
    planned = DepartureFactory(
        trip_id=trip["id"],
        trip_name=trip["name"],
        activity_type=trip["activity_type"],
        region_id=trip["region_id"],
        trail_id=trail["id"],
        participants=2,
        **{"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)} | fields,
    )
    put({key: planned}, starts_at.date())
    return planned


def day_of(siblings: SimulatedSiblings) -> date:
    return siblings.today + timedelta(days=2)


def panel_of(day: date, key: UUID = HIKE) -> str:
    return reverse("console:departure", args=[day, key])


def stored_on(day: date, key: UUID = HIKE) -> Departure:
    return DailySchedule.objects.get(schedule_date=day).document.departures[key]


def form_of(day: date, key: UUID = HIKE, **entered: Any) -> dict[str, Any]:
    """Return what the opened form sends, with these fields entered."""
    schedule = DailySchedule.objects.get(schedule_date=day)
    departure = schedule.document.departures[key]
    form: dict[str, Any] = {
        "since_rev": schedule.rev,
        "team": "1",
        "member": [str(member.guide_id) for member in departure.team],
        "lead": next((str(m.guide_id) for m in departure.team if m.role is Role.LEAD), ""),
        "pinned": [str(member.guide_id) for member in departure.team if member.pinned],
        "is_cancelled": "yes" if departure.is_cancelled else "no",
        "capacity": departure.capacity,
        "action": "save",
    }
    return form | entered
