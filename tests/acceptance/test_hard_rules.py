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
from tests.acceptance.sibling_facts import SiblingFacts
from tests.siblings import SimulatedSiblings

ANOTHER_DEPARTURE = "00000000-0000-4000-8000-000000000000"
Document = dict[str, Any]


@dataclass
class Plan:
    """The stored plan of a date in a transaction that nobody else sees, with one of its departures to spoil."""

    connection: psycopg.Connection[Any]
    siblings: SimulatedSiblings
    facts: SiblingFacts
    day: date
    document: Document

    @property
    def departure_id(self) -> str:
        """A walk of a few hours on a trail, led by one guide."""
        departures: Document = self.document["departures"]
        return min(key for key, departure in departures.items() if _is_short_walk(departure))

    @property
    def lead(self) -> str:
        return str(self.document["departures"][self.departure_id]["team"][0]["guide_id"])

    def spoil(self, spoil: "Spoil") -> str:
        """Spoil the departure and store it; its id."""
        departure_id = self.departure_id
        spoil(self, self.document["departures"][departure_id])
        self.store(self.day, self.document)
        return departure_id

    def store(self, day: date, document: Document) -> None:
        """Write over a date's row as somebody at a database console would."""
        self.connection.execute("SELECT set_config('scheduling.principal', 'maintenance', true)")
        self.connection.execute(
            "UPDATE daily_schedules SET assignments = %s, _rev = _rev + 1 WHERE schedule_date = %s",
            [json.dumps(document), day],
        )

    def broken(self) -> list[Broken]:
        return find_broken_rules(self.connection, self.facts)


Spoil = Callable[[Plan, Document], None]


@pytest.fixture(scope="module")
def planned(running: Service) -> tuple[Service, date]:
    """A service in which two dates are optimized, and the first of them."""
    running.begin_anew()
    first, second = (running.siblings.today + timedelta(days=offset) for offset in (3, 4))
    running.run("manage.py", "optimize_schedules", "--from", str(first), "--to", str(second), "--json")
    return running, first


@pytest.fixture
def plan(planned: tuple[Service, date]) -> Iterator[Plan]:
    service, day = planned
    facts = SiblingFacts(service.siblings.url, service.siblings.token)
    with psycopg.connect(service.env["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT assignments FROM daily_schedules WHERE schedule_date = %s", [day]).fetchone()
        assert row is not None
        yield Plan(connection, service.siblings, facts, day, row[0])
        connection.rollback()


def test_a_plan_of_the_optimizer_breaks_no_rule(plan: Plan) -> None:
    assert plan.broken() == []


def have(**fields: Any) -> Spoil:
    return lambda _, departure: departure.update(fields)


def enter(**adjustments: Any) -> Spoil:
    """The lead enters adjustments."""
    return lambda plan, _: plan.document["guide_adjustments"].update({plan.lead: adjustments})


def call_in_sick(plan: Plan, departure: Document) -> None:
    window = {"from": str(plan.day), "to": str(plan.day), "reason": "Sick"}
    enter(availability_exceptions=[window])(plan, departure)


def replace_lead(by: Callable[[Plan, Document], bool]) -> Spoil:
    """The first guide of whom `by` is true takes the lead's place."""

    def spoil(plan: Plan, departure: Document) -> None:
        departure["team"][0]["guide_id"] = next(key for key, guide in plan.facts.guides().items() if by(plan, guide))

    return spoil


def join(count: int, role: str) -> Spoil:
    def spoil(plan: Plan, departure: Document) -> None:
        others = plan.siblings.summary()["guide_ids"][:count]
        departure["team"] += [departure["team"][0] | {"guide_id": other, "role": role} for other in others]

    return spoil


def become_a_crawl(plan: Plan, departure: Document) -> None:
    """Nobody has the certificate that this trip asks for."""
    trips = plan.siblings.call("svc-trip-catalog", "/trips?page_size=100").json()["data"]
    departure["trip_id"] = next(trip["id"] for trip in trips if trip["name"] == "Organ Cave Crawl")


def move_abroad(plan: Plan, departure: Document) -> None:
    guide, regions = plan.facts.guides()[plan.lead], plan.siblings.summary()["region_ids"]
    departure["region_id"] = next(region for region in regions if not plan.facts.works_in(guide, region))


def take_a_closed_trail(plan: Plan, departure: Document) -> None:
    closed = plan.siblings.call("svc-trail-management", "/trails?status=CLOSED").json()["trails"]
    departure["trail_id"] = closed[0]["id"]


SPOILT: dict[str, tuple[str, Spoil]] = {
    "a guide on leave": ("status", replace_lead(lambda _, guide: guide["status"] == "ON_LEAVE")),
    "a guide who is away": ("available", replace_lead(lambda plan, guide: plan.facts.is_away(guide["id"], plan.day))),
    "a guide of another region": ("region", move_abroad),
    "a guide who does not do that": ("activity", have(activity_type="HANG_GLIDING")),
    "a guide without the certificate": ("certificates", become_a_crawl),
    "a guide who called in sick": ("availability exception", call_in_sick),
    "a guide who may not guide": ("restriction", enter(restrictions=[{"kind": "NO_GUIDING"}])),
    "a restriction that nobody can read": ("restriction", enter(restrictions=["no cold water"])),
    "a group above the guide's override": ("team capacity", enter(max_group_size=0)),
    "a group above the team": ("team capacity", have(participants=40)),
    "a team of four": ("team size", join(3, "ASSISTANT")),
    "two leads": ("one lead", join(1, "LEAD")),
    "a closed trail": ("trail open", take_a_closed_trail),
    "a group above the trail's": ("trail group size", have(participants=40)),
    "a crowd at the base camp": ("camp", have(participants=400)),
}


@pytest.mark.parametrize(("rule", "spoil"), SPOILT.values(), ids=SPOILT)
def test_what_a_plan_breaks_is_found(plan: Plan, rule: str, spoil: Spoil) -> None:
    departure_id = plan.spoil(spoil)

    assert (rule, departure_id) in [(broken.rule, broken.departure_id) for broken in plan.broken()]


def test_a_guide_on_two_departures_is_found(plan: Plan) -> None:
    again = _led_again(plan, after=timedelta(minutes=29))
    plan.document["departures"][ANOTHER_DEPARTURE] = again
    plan.store(plan.day, plan.document)

    assert ("overlap", plan.lead) in [(broken.rule, broken.who) for broken in plan.broken()]


def test_too_little_rest_between_two_dates_is_found(plan: Plan) -> None:
    again = _led_again(plan, after=timedelta(hours=7, minutes=59))
    plan.store(plan.day + timedelta(days=1), {"departures": {ANOTHER_DEPARTURE: again}, "guide_adjustments": {}})

    assert [(broken.rule, broken.who) for broken in plan.broken()] == [("rest", plan.lead)]


def _is_short_walk(departure: Document) -> bool:
    is_on_one_day = departure["starts_at"][:10] == departure["ends_at"][:10]
    return len(departure.get("team", [])) == 1 and "trail_id" in departure and is_on_one_day


def _led_again(plan: Plan, *, after: timedelta) -> Document:
    """The same team on an hour's departure, so long after the end of this one."""
    again: Document = deepcopy(plan.document["departures"][plan.departure_id])
    starts_at = datetime.fromisoformat(again["ends_at"]) + after
    return again | {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=1)).isoformat()}
