"""Every field that is read from a sibling, a change of it, and what follows for a draft and for a published departure.

What follows is named by the fields of the departure that change, and by the causes of conflicts that appear.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.worlds.small_world import SmallWorld

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """The departure that the changed facts are about, as it was planned, and the day on which it leaves."""

    world: SmallWorld
    day: date
    departure_id: str
    departure: Mapping[str, Any]

    @property
    def siblings(self) -> Any:
        return self.world.siblings

    @property
    def guide_id(self) -> str:
        return str(self.departure["team"][0]["guide_id"])

    @property
    def other_region(self) -> str:
        return next(key for key in self.world.region_ids if key != self.departure["region_id"])

    def date_after(self, days: int) -> date:
        return self.day + timedelta(days=days)

    def alter(self, kind: str, entity_id: object, **changes: Any) -> None:
        self.siblings.alter(kind, str(entity_id), **changes)


Change = Callable[[Subject], None]


@dataclass(frozen=True, slots=True)
class Row:
    """A field of a payload, as `Payload.field`, and a change of it that is made after the plan."""

    name: str
    change: Change
    draft: frozenset[str] = NOTHING
    published: frozenset[str] = NOTHING
    ignored_because: str = ""


def trip(**changes: Any) -> Change:
    return lambda subject: subject.alter("trips", subject.departure["trip_id"], **changes)


def departure(**changes: Any) -> Change:
    return lambda subject: subject.alter("departures", subject.departure_id, **changes)


def region(**changes: Any) -> Change:
    return lambda subject: subject.alter("regions", subject.departure["region_id"], **changes)


def guide(**changes: Any) -> Change:
    return lambda subject: subject.alter("guides", subject.guide_id, **changes)


def certificate(**changes: Any) -> Change:
    return lambda subject: subject.siblings.set_certificate(subject.guide_id, "WILDERNESS_FIRST_AID", **changes)


def trail(**changes: Any) -> Change:
    return lambda subject: subject.alter("trails", subject.departure["trail_id"], **changes)


def conditions(**changes: Any) -> Change:
    return lambda subject: subject.alter("conditions", subject.departure["trail_id"], **changes)


def assessment(**changes: Any) -> Change:
    return lambda subject: subject.alter("assessments", subject.departure["trail_id"], **changes)


def closing(**fields: Any) -> Change:
    """A closure of its trail that is severe and covers its date, with one field that is otherwise."""

    def close(subject: Subject) -> None:
        closure = {"reason": "Rockfall", "severity": "SEVERE", "is_active": True}
        days = {"start_date": f"{subject.day}", "end_date": f"{subject.day}"}
        stated = {name: value for name, value in (closure | days | fields).items() if value is not None}
        subject.siblings.add("closures", trail_id=subject.departure["trail_id"], **stated)

    return close


def warning(**fields: Any) -> Change:
    """A weather warning for its region at its time, with one field that is otherwise."""

    def warn(subject: Subject) -> None:
        begins = datetime.combine(subject.day, time(12), ZoneInfo("UTC"))
        region_id, ends = subject.departure["region_id"], begins + timedelta(hours=24)
        alert = subject.siblings.raise_alert(region_id, begins, ends)
        subject.alter("alerts", alert["id"], **fields)

    return warn
