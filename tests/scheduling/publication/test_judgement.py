"""Publishing judges every departure on facts read for it: what breaks a hard rule is not announced."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from events.models import OutboxMessage
from optimization.days.services import optimize_day
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import AssignmentStatus, Departure, DepartureStatus
from scheduling.errors import HardRuleViolated
from scheduling.models import ScheduleRevision
from scheduling.publication.services import publish_departures
from scheduling.siblings.errors import SiblingUnavailable
from tests.kept_worlds import keep_world
from tests.scheduling.patches.calls import change as patch_departure
from tests.scheduling.patches.calls import enter
from tests.scheduling.siblings.examples import calls_made
from tests.scheduling.writes import change, stored
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

MACHINE = Author(AuthorKind.REQUEST, "worker")


@pytest.fixture
def day(db: None, siblings: SimulatedSiblings) -> date:
    """A date of two regions whose clocks differ, planned and not published."""
    day, regions = siblings.today + timedelta(days=4), siblings.summary()["region_ids"][:2]

    def arrange() -> None:
        for region_id in regions:
            siblings.calm_the_weather(region_id)

    def plan() -> None:
        for region_id in regions:
            optimize_day(day, [UUID(region_id)], author=Author(AuthorKind.OPTIMIZATION, "worker"))

    keep_world(siblings, "two-regions", arrange=arrange, plan=plan)
    return day


def led(day: date, suits: Callable[[Departure], bool] = lambda _: True) -> tuple[UUID, Departure]:
    """A departure of one day and one guide."""
    return next(
        (key, departure)
        for key, departure in sorted(stored(day).items())
        if len(departure.team) == 1 and departure.ends_at.date() == day and suits(departure)
    )


def publish(client: Client, day: date, **body: Any) -> HttpResponse:
    address = f"/scheduling/v1/daily-schedules/{day}/publish"
    return client.post(
        address, body, content_type="application/json", headers=bearer(["scheduling:publish", "scheduling:override"])
    )


def preview(client: Client, day: date) -> dict[str, Any]:
    answer = client.get(f"/scheduling/v1/daily-schedules/{day}/publish", headers=bearer(["scheduling:read"]))
    assert answer.status_code == 200, answer.content
    return answer.json()


def broken(client: Client, day: date, key: UUID) -> dict[str, bool]:
    """The rules that a preview names of a departure, and whether a person may override them."""
    (shown,) = [entry for entry in preview(client, day)["departures"] if entry["departure_id"] == str(key)]
    return {rule["rule"]: rule["can_be_overridden"] for rule in shown["broken_rules"]}


def terminate(siblings: SimulatedSiblings, client: Client, day: date, departure: Departure) -> None:
    siblings.alter("guides", str(departure.team[0].guide_id), status="TERMINATED")


def send_away(siblings: SimulatedSiblings, client: Client, day: date, departure: Departure) -> None:
    siblings.send_guide_away(str(departure.team[0].guide_id), day - timedelta(days=1), day + timedelta(days=1))


def enter_absence(siblings: SimulatedSiblings, client: Client, day: date, departure: Departure) -> None:
    before, after = day - timedelta(days=2), day + timedelta(days=2)
    entry = {"availability_exceptions": [{"from": str(before), "to": str(after), "reason": "surgery"}]}
    assert enter(client, departure.team[0].guide_id, entry, day=before).status_code == 200


def close_trail(siblings: SimulatedSiblings, client: Client, day: date, departure: Departure) -> None:
    siblings.close_trail(str(departure.trail_id), day, day)


def revoke_certificates(siblings: SimulatedSiblings, client: Client, day: date, departure: Departure) -> None:
    siblings.expire_certificates(str(departure.team[0].guide_id))


def restrict(siblings: SimulatedSiblings, client: Client, day: date, departure: Departure) -> None:
    entry = {"restrictions": [{"kind": "NO_GUIDING", "until": str(day)}]}
    assert enter(client, departure.team[0].guide_id, entry, day=day - timedelta(days=1)).status_code == 200


def book_twice(siblings: SimulatedSiblings, client: Client, day: date, departure: Departure) -> None:
    staffed = (key for key, d in sorted(stored(day).items()) if d.team and not d.guide_ids & departure.guide_ids)
    other = next(staffed)
    change(other, day, team=departure.team, starts_at=departure.starts_at, ends_at=departure.ends_at)


@pytest.mark.parametrize(
    ("breaks", "rule", "can_be_overridden"),
    [
        (terminate, "NOT_ACTIVE", True),
        (send_away, "NOT_AVAILABLE", True),
        (enter_absence, "AVAILABILITY_EXCEPTION", True),
        (close_trail, "TRAIL_CLOSED", True),
        (revoke_certificates, "CERTIFICATION", False),
        (restrict, "RESTRICTION", False),
        (book_twice, "OVERLAP", False),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_what_breaks_a_rule_since_it_was_planned_is_refused_by_name(
    client: Client,
    siblings: SimulatedSiblings,
    day: date,
    breaks: Callable[..., None],
    rule: str,
    can_be_overridden: bool,
) -> None:
    key, departure = led(day, lambda d: d.trail_id is not None)
    breaks(siblings, client, day, departure)

    refused = publish(client, day)

    assert (refused.status_code, refused.json()["code"]) == (422, "HARD_RULE_VIOLATED")
    details = {(detail["field"], detail["reason"].partition(":")[0]) for detail in refused.json()["details"]}
    assert (f"assignments.departures.{key}", rule) in details
    assert stored(day)[key].status is DepartureStatus.DRAFT
    assert not OutboxMessage.objects.filter(destination="svc-notifications").exists()
    assert broken(client, day, key)[rule] is can_be_overridden

    overridden = publish(client, day, override_warnings=True, departure_ids=[str(key)])

    assert overridden.status_code == (200 if can_be_overridden else 422), overridden.content
    if can_be_overridden:
        assert ScheduleRevision.objects.order_by("-id")[0].cause == "published over the API, overriding warnings"


def test_what_breaks_no_rule_is_published_with_nothing_to_override(client: Client, day: date) -> None:
    shown = preview(client, day)
    assert not any(entry["broken_rules"] for entry in shown["departures"])
    assert shown["not_known"] == []

    assert publish(client, day).status_code == 200

    staffed = [departure for departure in stored(day).values() if departure.team]
    assert len({departure.starts_at.utcoffset() for departure in staffed}) > 1
    assert {departure.status for departure in staffed} == {DepartureStatus.PUBLISHED}


def test_departures_that_break_no_rule_are_published_without_the_others(
    client: Client, siblings: SimulatedSiblings, day: date
) -> None:
    key, departure = led(day)
    other, _ = led(day, lambda d: not d.guide_ids & departure.guide_ids)
    terminate(siblings, client, day, departure)

    assert publish(client, day, departure_ids=[str(other)]).status_code == 200
    assert stored(day)[other].status is DepartureStatus.PUBLISHED
    assert stored(day)[key].status is DepartureStatus.DRAFT


def test_a_change_of_a_published_departure_is_judged_and_what_nobody_changed_is_not(
    client: Client, siblings: SimulatedSiblings, day: date
) -> None:
    key, departure = led(day)
    publish(client, day)
    terminate(siblings, client, day, departure)
    assert publish(client, day).status_code == 200

    change(key, day, starts_at=departure.starts_at + timedelta(minutes=1))

    assert publish(client, day).json()["code"] == "HARD_RULE_VIOLATED"


def test_a_cancellation_is_announced_whatever_is_wrong_with_its_team(
    client: Client, siblings: SimulatedSiblings, day: date
) -> None:
    key, departure = led(day)
    publish(client, day)
    terminate(siblings, client, day, departure)
    change(key, day, status=DepartureStatus.CANCELLED)
    siblings.switch("svc-guide-management", "down")

    assert publish(client, day, departure_ids=[str(key)]).status_code == 200


def test_of_the_region_no_other_trips_and_trails_are_asked_for(client: Client, day: date) -> None:
    key, _ = led(day, lambda departure: departure.trail_id is not None)
    before = calls_made()

    published = publish(client, day, departure_ids=[str(key)])

    assert published.status_code == 200, published.content
    made = calls_made() - before
    of_trips = ["getTripById", "getTripSchedule", "getTrailClosures", "getTrailConditions", "getGuideCertifications"]
    assert [made[operation] for operation in of_trips] == [1, 1, 1, 1, 1], made


@pytest.mark.parametrize("silent", ["svc-guide-management", "svc-trip-catalog"])
def test_without_guides_or_trips_only_a_person_who_insists_publishes(
    client: Client, siblings: SimulatedSiblings, day: date, silent: str
) -> None:
    key, _ = led(day)
    siblings.switch(silent, "down")

    assert silent in preview(client, day)["not_known"][0]
    assert publish(client, day).json()["code"] == "SIBLING_UNAVAILABLE"
    with pytest.raises(SiblingUnavailable):
        publish_departures(day, author=MACHINE, by_machine=True, departure_ids=[key], override_warnings=True)
    assert publish(client, day, override_warnings=True).status_code == 200


def test_who_insists_is_refused_all_the_same_what_our_own_records_forbid(
    client: Client, siblings: SimulatedSiblings, day: date
) -> None:
    _, departure = led(day)
    book_twice(siblings, client, day, departure)
    restrict(siblings, client, day, departure)
    siblings.switch("svc-guide-management", "down")

    refused = publish(client, day, override_warnings=True)

    rules = {detail["reason"].partition(":")[0] for detail in refused.json()["details"]}
    assert rules == {"OVERLAP", "RESTRICTION"}


@pytest.mark.parametrize("silent", ["svc-trail-management", "svc-weather", "svc-location-services"])
def test_a_preview_tells_what_could_not_be_read_and_the_person_who_publishes_approves_it(
    client: Client, siblings: SimulatedSiblings, day: date, silent: str
) -> None:
    siblings.switch(silent, "down")

    (sentence,) = preview(client, day)["not_known"]

    assert silent in sentence
    assert publish(client, day).status_code == 200


def test_a_preview_tells_the_notes_that_a_person_approves(
    client: Client, siblings: SimulatedSiblings, day: date
) -> None:
    key, departure = led(day)
    siblings.leave_note(str(departure.team[0].guide_id), day, "only with a second guide")

    (shown,) = [entry for entry in preview(client, day)["departures"] if entry["departure_id"] == str(key)]

    assert shown["to_approve"] == [f"{departure.team[0].guide_name} left a note"]


def test_a_machine_overrides_nothing(siblings: SimulatedSiblings, day: date, client: Client) -> None:
    key, departure = led(day)
    tentative = departure.team[0].model_copy(update={"assignment_status": AssignmentStatus.TENTATIVE})
    change(key, day, team=[tentative])
    terminate(siblings, client, day, departure)

    with pytest.raises(HardRuleViolated):
        publish_departures(day, author=MACHINE, by_machine=True, departure_ids=[key], override_warnings=True)


def test_a_patch_of_the_status_is_judged_as_well(client: Client, siblings: SimulatedSiblings, day: date) -> None:
    key, departure = led(day)
    revoke_certificates(siblings, client, day, departure)

    response = patch_departure(
        client, key, {"status": "PUBLISHED"}, at=day, scopes=("scheduling:write", "scheduling:publish")
    )

    assert (response.status_code, response.json()["code"]) == (422, "HARD_RULE_VIOLATED")
    assert stored(day)[key].status is DepartureStatus.DRAFT


@contextmanager
def before_the_documents_are_locked(act: Callable[[], None]) -> Iterator[None]:
    locks = count(1)

    def run(execute: Any, sql: str, *rest: Any) -> Any:
        if 'FROM "daily_schedules"' in sql and "FOR UPDATE" in sql and next(locks) == 1:
            act()
        return execute(sql, *rest)

    with connection.execute_wrapper(run):
        yield


def test_an_absence_that_is_entered_after_the_facts_were_read_is_found_under_the_locks(
    client: Client, siblings: SimulatedSiblings, day: date
) -> None:
    _, departure = led(day)

    with before_the_documents_are_locked(lambda: enter_absence(siblings, client, day, departure)):
        refused = publish(client, day)

    assert (refused.status_code, refused.json()["code"]) == (422, "HARD_RULE_VIOLATED")
