"""Many schedule requests at once, the same ones every time, and what has to be true once they are done."""

import json
import random
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import psycopg

from tests.acceptance.hard_rules import Broken, find_broken_rules
from tests.acceptance.service import Service
from tests.acceptance.sibling_facts import SiblingFacts
from tests.siblings import SimulatedSiblings

CLIENTS = 8
HORIZON_DAYS = 30
FINAL = ("COMPLETED", "FAILED")


def schedule_requests(siblings: SimulatedSiblings, count: int) -> list[dict[str, Any]]:
    """Bodies over all trips, 1 to 5 dates each, of every priority and with every kind of constraint."""
    chance, known = random.Random(500), siblings.summary()
    return [_body(chance, known, siblings.today) for _ in range(count)]


def _body(chance: random.Random, known: dict[str, Any], today: date) -> dict[str, Any]:
    offsets = chance.sample(range(1, HORIZON_DAYS + 1), chance.randint(1, 5))
    body = {
        "trip_id": chance.choice(known["trip_ids"]),
        "preferred_dates": [(today + timedelta(days=offset)).isoformat() for offset in offsets],
        "priority": chance.choice(["NORMAL", "NORMAL", "HIGH", "URGENT"]),
    }
    constraints = _constraints(chance, known)
    return body | ({"constraints": constraints} if constraints else {})


def _constraints(chance: random.Random, known: dict[str, Any]) -> dict[str, Any]:
    smallest = chance.randint(1, 4)
    possible: dict[str, Any] = {
        "min_group_size": smallest,
        "max_group_size": chance.randint(smallest, 14),
        "require_good_weather": False,
        "excluded_guide_ids": chance.sample(known["guide_ids"], 3),
        "required_guide_ids": [chance.choice(known["guide_ids"])],
        "preferred_trail_ids": chance.sample(known["trail_ids"], 2),
        "accessibility_requirements": [chance.choice(["LOW_ALTITUDE", "FAMILY_FRIENDLY", "NO_WATER_CROSSINGS"])],
    }
    odds = dict.fromkeys(possible, 0.15) | {"required_guide_ids": 0.05, "accessibility_requirements": 0.05}
    chosen = {name: value for name, value in possible.items() if chance.random() < odds[name]}
    return chosen if not set(chosen.get("required_guide_ids", ())) & set(chosen.get("excluded_guide_ids", ())) else {}


class Clients:
    """Clients that submit requests at the same time, beside this thread."""

    def __init__(self, service: Service, bodies: list[dict[str, Any]]) -> None:
        self._pool = ThreadPoolExecutor(CLIENTS)
        shares = [bodies[number::CLIENTS] for number in range(CLIENTS)]
        self._under_way: list[Future[list[str]]] = [self._pool.submit(_submit, service, share) for share in shares]

    def accepted(self) -> list[str]:
        """The ids of the requests, once all are submitted."""
        ids = [request_id for share in self._under_way for request_id in share.result(60)]
        self._pool.shutdown()
        return ids


def _submit(service: Service, bodies: list[dict[str, Any]]) -> list[str]:
    with service.client() as client:
        answers = [client.post("/schedule-requests", json=body) for body in bodies]
    assert {answer.status_code for answer in answers} == {202}, [answer.text for answer in answers][:3]
    return [answer.json()["id"] for answer in answers]


def unfinished(service: Service) -> int:
    """Requests that are accepted and not at their end."""
    return int(service.value("SELECT count(*) FROM schedule_requests WHERE status <> ALL (%s)", list(FINAL)))


def assert_each_completed_once(service: Service, accepted: list[str]) -> None:
    """Every accepted request is COMPLETED, with one outcome, of one completed run, and one write at most."""
    requests = service.rows(
        "SELECT r.request_id::text, r.status, o.run_id, o.error_message FROM schedule_requests r"
        " LEFT JOIN request_outcomes o USING (request_id)"
    )
    assert sorted(request["request_id"] for request in requests) == sorted(accepted)
    assert Counter(request["status"] for request in requests) == {"COMPLETED": len(accepted)}, [
        request["error_message"] for request in requests if request["status"] != "COMPLETED"
    ]
    completed_runs = service.rows(
        "SELECT d.request_id::text, d.run_id FROM run_details d JOIN optimization_runs r USING (run_id)"
        " WHERE r.status = 'COMPLETED' AND d.subject = 'REQUEST'"
    )
    ran = Counter((run["request_id"], run["run_id"]) for run in completed_runs)
    recorded = Counter((request["request_id"], request["run_id"]) for request in requests)
    assert (ran - recorded, recorded - ran) == (Counter(), Counter())
    twice = service.rows(
        "SELECT cause, count(*) FROM schedule_revisions WHERE kind = 'request' AND rev > 1"
        " GROUP BY cause HAVING count(*) > 1"
    )
    assert twice == []


def assert_everything_holds(service: Service, accepted: list[str], entered: dict[date, str]) -> None:
    """What must be true of any load, however the processes fared: nothing is lost, doubled or against a rule."""
    assert_each_completed_once(service, accepted)
    assert_the_api_tells_the_same(service, accepted)
    assert_revisions_count_the_writes(service)
    assert stored_adjustments(service, list(entered)) == entered
    assert broken_rules(service) == []


def broken_rules(service: Service) -> list[Broken]:
    """What the independent check finds."""
    with psycopg.connect(service.env["DATABASE_URL"]) as connection:
        return find_broken_rules(connection, SiblingFacts(service.siblings.url, service.siblings.token))


def assert_the_api_tells_the_same(service: Service, accepted: list[str]) -> None:
    """A client that asks sees each request completed, with a result."""
    with service.client() as client:
        for request_id in accepted[::10]:
            answer = client.get(f"/schedule-requests/{request_id}").json()
            assert (answer["status"], bool(answer["completed_at"])) == ("COMPLETED", True)
            assert answer["result"]["recommended_dates"]


def assert_revisions_count_the_writes(service: Service) -> None:
    """`_rev` is one more than the number of writes, each of which history has; the row's birth is not one of them."""
    schedules = service.rows(
        "SELECT s.schedule_date, s._rev, count(*) FILTER (WHERE h.rev > 1 AND h.changes <> '{}') AS writes"
        " FROM daily_schedules s JOIN schedule_revisions h USING (schedule_id) GROUP BY s.schedule_id"
    )
    assert len(schedules) >= HORIZON_DAYS
    assert [schedule for schedule in schedules if schedule["_rev"] != 1 + schedule["writes"]] == []


def enter_adjustments(service: Service) -> dict[date, str]:
    """Adjustments of some guides on most dates, as svc-guide-management would write them; how they are stored."""
    guides = service.siblings.summary()["guide_ids"]
    days = [service.siblings.today + timedelta(days=offset) for offset in range(1, HORIZON_DAYS)]
    entered = {day.isoformat(): _adjustments(guides, day) for day in days}
    service.run("-m", "tests.acceptance.guides_enter", given=json.dumps(entered))
    return stored_adjustments(service, days)


def stored_adjustments(service: Service, days: list[date]) -> dict[date, str]:
    """The adjustments of dates, letter by letter."""
    query = (
        "SELECT schedule_date, (assignments -> 'guide_adjustments')::text AS adjustments FROM daily_schedules"
        " WHERE schedule_date = ANY (%s)"
    )
    return {row["schedule_date"]: row["adjustments"] for row in service.rows(query, days)}


def _adjustments(guides: list[str], day: date) -> dict[str, Any]:
    chance = random.Random(day.toordinal())
    away, small, hurt, noted, unreadable = chance.sample(guides, 5)
    return {
        away: {"availability_exceptions": [{"from": day.isoformat(), "to": day.isoformat(), "reason": "Dentist"}]},
        small: {"max_group_size": 3, "entered_with": "a field that nobody here knows"},
        hurt: {"restrictions": [{"kind": "MAX_ALTITUDE_M", "value": 200, "until": (day + timedelta(7)).isoformat()}]},
        noted: {"guide_notes": "Back by 15:00, please.", "guide_preferences": {"activities": ["HIKING"]}},
        unreadable: {"restrictions": ["no cold water"]},
    }
