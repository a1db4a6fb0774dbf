"""A dispatcher staffs by hand: checked on the facts of the siblings, by the rules that bind the optimizer too."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count, permutations
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from scheduling.domain.document import AssignmentStatus, DepartureStatus
from scheduling.models import ScheduleRevision
from tests.scheduling.patches.calls import change, named
from tests.scheduling.patches.planned_day import led_alone, put_team, team_of
from tests.scheduling.writes import put, stored
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


@contextmanager
def between_two_reads(act: Callable[[], None]) -> Iterator[None]:
    """Have another writer `act` between the first and the second read of the document."""
    reads = count(1)

    def run(execute: Any, sql: str, *rest: Any) -> Any:
        if 'FROM "daily_schedules"' in sql and next(reads) == 2:
            act()
        return execute(sql, *rest)

    with connection.execute_wrapper(run):
        yield


def test_a_team_is_released_and_put_back_with_what_is_known_of_it(client: Client, day: date) -> None:
    key, before = led_alone(day)
    guide = before.team[0]
    assert put_team(client, day, key, []).status_code == 200
    assert stored(day)[key].team == []

    response = put_team(client, day, key, team_of(guide.guide_id, pinned=True))

    assert response.status_code == 200, response.json()
    assert stored(day)[key].team == [guide.model_copy(update={"pinned": True})]


def test_a_guide_who_is_out_already_is_refused_with_the_rule(client: Client, day: date) -> None:
    (_, first), *others = [(key, departure) for key, departure in sorted(stored(day).items()) if departure.team]
    other_key, other = next(
        (k, o) for k, o in others if o.span.overlaps(first.span) and not o.guide_ids & first.guide_ids
    )

    response = put_team(client, day, other_key, team_of(first.team[0].guide_id))

    assert (response.status_code, response.json()["code"]) == (422, "HARD_RULE_VIOLATED")
    assert f"{first.team[0].guide_name}: on another departure" in response.json()["message"]
    assert set(named(response)) == {f"assignments.departures.{other_key}"}
    assert stored(day)[other_key] == other


def test_a_guide_whom_nobody_knows_is_named(client: Client, day: date) -> None:
    key, _ = led_alone(day)

    response = put_team(client, day, key, team_of(uuid4()))

    assert (response.status_code, response.json()["code"]) == (422, "UNKNOWN_GUIDE")
    assert named(response) == [f"assignments.departures.{key}.team"]


def test_what_others_changed_since_the_first_look_is_judged_too(client: Client, day: date) -> None:
    led = [(key, departure) for key, departure in sorted(stored(day).items()) if departure.team]
    (first_key, first), (other_key, other) = next(
        (a, b) for a, b in permutations(led, 2) if a[1].span.overlaps(b[1].span) and a[1].region_id == b[1].region_id
    )

    def give_the_guides_away() -> None:
        cancelled = first.model_copy(update={"status": DepartureStatus.CANCELLED})
        put({first_key: cancelled, other_key: other.model_copy(update={"team": first.team})}, day)

    with between_two_reads(give_the_guides_away):
        response = change(client, first_key, {"status": "DRAFT"}, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "HARD_RULE_VIOLATED")
    assert stored(day)[first_key].status is DepartureStatus.CANCELLED


def test_what_cannot_be_judged_now_is_asked_again_later(client: Client, day: date, siblings: SimulatedSiblings) -> None:
    key, before = led_alone(day)
    siblings.switch("svc-guide-management", "down")
    caches["siblings"].clear()

    response = put_team(client, day, key, team_of(before.team[0].guide_id, pinned=True))

    assert (response.status_code, response.json()["code"]) == (503, "SIBLING_UNAVAILABLE")
    assert response["Retry-After"]
    assert stored(day)[key] == before


def test_a_note_that_no_machine_understands_waits_for_a_person(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    key, before = led_alone(day)
    guide = before.team[0].guide_id
    put_team(client, day, key, [])
    siblings.leave_note(str(guide), day, "see me about the rope")
    caches["siblings"].clear()

    put_team(client, day, key, team_of(guide))

    assert stored(day)[key].team[0].assignment_status is AssignmentStatus.PENDING_APPROVAL


def test_a_departure_is_reinstated_and_staffed_again(client: Client, day: date) -> None:
    key, before = led_alone(day)
    change(client, key, {"status": "CANCELLED"}, at=day)

    response = change(client, key, {"status": "DRAFT"}, at=day)

    assert response.status_code == 200, response.json()
    assert stored(day)[key].status is DepartureStatus.DRAFT
    assert stored(day)[key].guide_ids == before.guide_ids


def test_the_history_says_who_patched(client: Client, day: date) -> None:
    key, _ = led_alone(day)

    change(client, key, {"team": []}, at=day, subject="ben")

    latest = ScheduleRevision.objects.order_by("-rev")[0]
    assert (latest.author, latest.kind, latest.process) == ("ben", "dispatcher", "web")
    assert "team" in latest.changes["departures"][str(key)]["fields"]
