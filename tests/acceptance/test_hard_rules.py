"""The independent check of the hard rules finds what is broken, rule by rule."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.acceptance.hard_rules import Broken, find_broken_rules
from tests.acceptance.service import Service
from tests.acceptance.told import Told

Document = dict[str, Any]


@dataclass
class Stored:
    """The daily schedule of a date in a transaction that nobody else sees, with one of its departures."""

    connection: psycopg.Connection[Any]
    siblings_url: str
    token: str
    day: date
    document: Document
    departure_id: str

    @property
    def departure(self) -> Document:
        departure: Document = self.document["departures"][self.departure_id]
        return departure

    @property
    def lead(self) -> str:
        return str(self.departure["team"][0]["guide_id"])

    def adjust(self, **entered: Any) -> None:
        self.document["guide_adjustments"][self.lead] = entered

    def move_a_copy(self, *, after: timedelta, by_days: int = 0) -> None:
        """The same team on another departure, so long after the end of this one, on a date so many days later."""
        copy, key = deepcopy(self.departure), "00000000-0000-4000-8000-000000000000"
        starts_at = datetime.fromisoformat(self.departure["ends_at"]) + after
        copy |= {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=1)).isoformat()}
        document = deepcopy(self.document) if by_days else self.document
        document["departures"] = {key: copy} if by_days else self.document["departures"] | {key: copy}
        self.store(document, self.day + timedelta(days=by_days))

    def store(self, document: Document, day: date) -> None:
        """Write over the row as somebody with a database console would."""
        self.connection.execute("SELECT set_config('scheduling.principal', 'maintenance', true)")
        self.connection.execute(
            "UPDATE daily_schedules SET assignments = %s, _rev = _rev + 1 WHERE schedule_date = %s",
            [json.dumps(document), day],
        )

    def broken(self) -> list[Broken]:
        return find_broken_rules(self.connection, Told(self.siblings_url, self.token))


@pytest.fixture(scope="module")
def planned(running: Service) -> tuple[Service, date]:
    """A service in which two dates are optimized."""
    running.begin_anew()
    first, second = (running.siblings.today + timedelta(days=offset) for offset in (3, 4))
    running.run("manage.py", "optimize_schedules", "--from", str(first), "--to", str(second), "--json")
    return running, first


@pytest.fixture
def stored(planned: tuple[Service, date]) -> Iterator[Stored]:
    service, day = planned
    with psycopg.connect(service.env["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT assignments FROM daily_schedules WHERE schedule_date = %s", [day]).fetchone()
        assert row is not None
        yield Stored(connection, service.siblings.url, service.siblings.token, day, row[0], _some_walk(row[0]))
        connection.rollback()


def _some_walk(document: Document) -> str:
    """A short departure on a trail, led by one guide."""
    return min(
        key
        for key, departure in document["departures"].items()
        if len(departure.get("team", [])) == 1
        and departure.get("trail_id")
        and departure["starts_at"][:10] == departure["ends_at"][:10]
    )


def test_a_plan_of_the_optimizer_breaks_no_rule(stored: Stored) -> None:
    assert stored.broken() == []


def _member(stored: Stored, guide_id: str, role: str = "ASSISTANT") -> Document:
    return stored.departure["team"][0] | {"guide_id": guide_id, "role": role}


def _guide_who(stored: Stored, planned: Service, is_so: Callable[[dict[str, Any]], bool]) -> str:
    pages = [
        planned.siblings.call("svc-guide-management", f"/guides?offset={offset}&limit=100").json()["data"]
        for offset in (0, 100)
    ]
    return next(guide["id"] for page in pages for guide in page if is_so(guide))


def _is_away(service: Service, guide_id: str, day: date) -> bool:
    told = Told(service.siblings.url, service.siblings.token)
    return told.is_away(guide_id, day)


def _put_somebody_who(is_so: Callable[[Service, Stored, dict[str, Any]], bool]) -> Callable[[Stored, Service], None]:
    def breaks(stored: Stored, service: Service) -> None:
        guide_id = _guide_who(stored, service, lambda guide: is_so(service, stored, guide))
        stored.departure["team"] = [_member(stored, guide_id, "LEAD")]

    return breaks


def _set(**fields: Any) -> Callable[[Stored, Service], None]:
    return lambda stored, _: stored.departure.update(fields)


def _adjust(**entered: Any) -> Callable[[Stored, Service], None]:
    return lambda stored, _: stored.adjust(**entered)


def _call_in_sick(stored: Stored, _: Service) -> None:
    stored.adjust(availability_exceptions=[{"from": str(stored.day), "to": str(stored.day), "reason": "Sick"}])


def _crawl(stored: Stored, service: Service) -> None:
    """Nobody has the certificate that this trip asks for."""
    trips = service.siblings.call("svc-trip-catalog", "/trips?page_size=100").json()["data"]
    stored.departure["trip_id"] = next(trip["id"] for trip in trips if trip["name"] == "Organ Cave Crawl")


def _close(stored: Stored, service: Service) -> None:
    trails = service.siblings.call("svc-trail-management", "/trails?status=CLOSED").json()["trails"]
    stored.departure["trail_id"] = trails[0]["id"]


def _move_abroad(stored: Stored, service: Service) -> None:
    guide = Told(service.siblings.url, service.siblings.token).guide(stored.lead)
    assert guide is not None
    told = Told(service.siblings.url, service.siblings.token)
    stored.departure["region_id"] = next(
        region for region in service.siblings.summary()["region_ids"] if not told.works_in(guide, region)
    )


def _four(stored: Stored, service: Service) -> None:
    stored.departure["team"] += [_member(stored, guide_id) for guide_id in service.siblings.summary()["guide_ids"][:3]]


def _two_leads(stored: Stored, service: Service) -> None:
    stored.departure["team"] += [_member(stored, service.siblings.summary()["guide_ids"][0], "LEAD")]


@pytest.mark.parametrize(
    ("rule", "breaks"),
    [
        ("status", _put_somebody_who(lambda _, __, guide: guide["status"] == "ON_LEAVE")),
        ("available", _put_somebody_who(lambda service, stored, guide: _is_away(service, guide["id"], stored.day))),
        ("region", _move_abroad),
        ("activity", _set(activity_type="HANG_GLIDING")),
        ("certificates", _crawl),
        ("availability exception", _call_in_sick),
        ("restriction", _adjust(restrictions=[{"kind": "NO_GUIDING"}])),
        ("restriction", _adjust(restrictions=["not readable"])),
        ("team capacity", _adjust(max_group_size=0)),
        ("team capacity", _set(participants=40)),
        ("team size", _four),
        ("one lead", _two_leads),
        ("trail open", _close),
        ("trail group size", _set(participants=40)),
        ("camp", _set(participants=400)),
    ],
)
def test_a_broken_rule_is_found(
    planned: tuple[Service, date], stored: Stored, rule: str, breaks: Callable[[Stored, Service], None]
) -> None:
    breaks(stored, planned[0])
    stored.store(stored.document, stored.day)

    assert (rule, stored.departure_id) in [(each.rule, each.departure_id) for each in stored.broken()]


def test_a_guide_on_two_departures_with_too_short_a_turnaround_is_found(stored: Stored) -> None:
    stored.move_a_copy(after=timedelta(minutes=29))

    assert ("overlap", stored.lead) in [(each.rule, each.who) for each in stored.broken()]


def test_too_little_rest_between_two_dates_is_found(stored: Stored) -> None:
    stored.move_a_copy(after=timedelta(hours=7, minutes=59), by_days=1)

    assert [(each.rule, each.who) for each in stored.broken()] == [("rest", stored.lead)]
