"""A dispatcher staffs by hand: judged on what the siblings say, by the rules that hold for the optimizer too."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count, permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from events.models import OutboxMessage
from optimization.days.clusters import clusters_of
from optimization.days.services import optimize_day, take_planning_snapshot
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.catalog_aliases import departure_id_of
from scheduling.domain.document import AssignmentStatus, Departure, DepartureStatus, Role
from scheduling.domain.local_time import combine
from scheduling.models import ScheduleRevision
from scheduling.publication.services import publish_departures
from tests.factories import DISPATCHER
from tests.scheduling.patches.calls import change, named
from tests.scheduling.writes import put, stored
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(siblings: SimulatedSiblings) -> date:
    """Tomorrow, planned for one cluster of regions."""
    tomorrow = siblings.today + timedelta(days=1)
    snapshot = take_planning_snapshot(tomorrow, None)
    optimize_day(tomorrow, clusters_of(snapshot)[0], author=Author(AuthorKind.OPTIMIZATION, "optimizer"))
    return tomorrow


def one_led_alone(day: date) -> tuple[UUID, Departure]:
    """A departure with one guide, who leads no other."""
    planned = stored(day)
    leading = Counter(guide for departure in planned.values() for guide in departure.guide_ids)
    return next((k, d) for k, d in sorted(planned.items()) if [leading[guide] for guide in d.guide_ids] == [1])


def team_of(*guide_ids: object, **fields: Any) -> list[dict[str, Any]]:
    roles = [Role.LEAD, *[Role.ASSISTANT] * (len(guide_ids) - 1)]
    return [{"guide_id": str(g), "role": role, **fields} for g, role in zip(guide_ids, roles, strict=True)]


def put_team(client: Client, day: date, key: UUID, team: list[dict[str, Any]]) -> Any:
    return change(client, key, {"team": team}, at=day)


@contextmanager
def between_two_looks(act: Callable[[], None]) -> Iterator[None]:
    """Have somebody else `act` when the document was read once and is about to be read again."""
    looks = count(1)

    def run(execute: Any, sql: str, *rest: Any) -> Any:
        if 'FROM "daily_schedules"' in sql and next(looks) == 2:
            act()
        return execute(sql, *rest)

    with connection.execute_wrapper(run):
        yield


def test_a_team_is_released_and_put_back_with_what_is_known_of_it(client: Client, day: date) -> None:
    key, before = one_led_alone(day)
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
    key, _ = one_led_alone(day)

    response = put_team(client, day, key, team_of(uuid4()))

    assert (response.status_code, response.json()["code"]) == (422, "UNKNOWN_GUIDE")
    assert named(response) == [f"assignments.departures.{key}.team"]


def test_a_trail_that_is_not_there_is_refused(client: Client, day: date) -> None:
    key, _ = one_led_alone(day)

    response = change(client, key, {"trail_id": str(uuid4())}, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "UNKNOWN_TRAIL")


def test_a_trail_of_another_region_is_refused(client: Client, day: date, siblings: SimulatedSiblings) -> None:
    key, before = one_led_alone(day)
    regions = {id_: trail.region_id for id_, trail in take_planning_snapshot(day, None).trails.items()}
    elsewhere = next(id_ for id_, region in sorted(regions.items()) if region != before.region_id)

    response = change(client, key, {"trail_id": str(elsewhere)}, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "UNKNOWN_TRAIL")


def test_a_guide_has_to_be_free_on_every_day_of_a_long_trip_and_may_be(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    key, before = one_led_alone(day)
    guide_id, last = str(before.team[0].guide_id), day + timedelta(days=13)
    longer = {"ends_at": (before.ends_at + timedelta(days=12)).isoformat()}
    siblings.send_guide_away(guide_id, last - timedelta(days=3), last)

    refused = change(client, key, longer, at=day)
    siblings.call_guide_back(guide_id, day, last)
    caches["siblings"].clear()
    allowed = change(client, key, longer, at=day)

    assert (refused.status_code, refused.json()["code"]) == (422, "HARD_RULE_VIOLATED")
    assert allowed.status_code == 200, allowed.json()


def test_what_others_changed_since_the_first_look_is_judged_too(client: Client, day: date) -> None:
    led = [(key, departure) for key, departure in sorted(stored(day).items()) if departure.team]
    (one_key, first), (other_key, other) = next(
        (a, b) for a, b in permutations(led, 2) if a[1].span.overlaps(b[1].span) and a[1].region_id == b[1].region_id
    )

    def give_the_guides_away() -> None:
        cancelled = first.model_copy(update={"status": DepartureStatus.CANCELLED})
        put({one_key: cancelled, other_key: other.model_copy(update={"team": first.team})}, day)

    with between_two_looks(give_the_guides_away):
        response = change(client, one_key, {"status": "DRAFT"}, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "HARD_RULE_VIOLATED")
    assert stored(day)[one_key].status is DepartureStatus.CANCELLED


def test_what_cannot_be_judged_now_is_asked_again_later(client: Client, day: date, siblings: SimulatedSiblings) -> None:
    key, before = one_led_alone(day)
    siblings.switch("svc-guide-management", "down")
    caches["siblings"].clear()

    response = put_team(client, day, key, team_of(before.team[0].guide_id, pinned=True))

    assert (response.status_code, response.json()["code"]) == (503, "SIBLING_UNAVAILABLE")
    assert response["Retry-After"]
    assert stored(day)[key] == before


def test_a_note_that_no_machine_understands_waits_for_a_person(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    key, before = one_led_alone(day)
    guide = before.team[0].guide_id
    put_team(client, day, key, [])
    siblings.leave_note(str(guide), day, "see me about the rope")
    caches["siblings"].clear()

    put_team(client, day, key, team_of(guide))

    assert stored(day)[key].team[0].assignment_status is AssignmentStatus.PENDING_APPROVAL


def test_times_are_written_by_the_clock_of_the_region(client: Client, day: date) -> None:
    key, before = one_led_alone(day)
    put_team(client, day, key, [])
    starts_at = before.starts_at + timedelta(minutes=30)

    response = change(client, key, {"starts_at": starts_at.astimezone().isoformat()}, at=day)

    shown = response.json()["assignments"]["departures"][str(key)]["starts_at"]
    assert shown == starts_at.isoformat()
    assert stored(day)[key].starts_at.utcoffset() == before.starts_at.utcoffset()


@pytest.mark.parametrize(("field", "hours"), [("starts_at", 24), ("ends_at", -24), ("ends_at", 24 * 60)])
def test_times_that_cannot_be_are_refused(client: Client, day: date, field: str, hours: int) -> None:
    key, before = one_led_alone(day)
    instant = getattr(before, field) + timedelta(hours=hours)

    response = change(client, key, {field: instant.isoformat()}, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "DEPARTURE_NOT_EDITABLE")
    assert stored(day)[key] == before


def test_a_departure_is_reinstated_and_staffed_again(client: Client, day: date) -> None:
    key, before = one_led_alone(day)
    change(client, key, {"status": "CANCELLED"}, at=day)

    response = change(client, key, {"status": "DRAFT"}, at=day)

    assert response.status_code == 200, response.json()
    assert stored(day)[key].status is DepartureStatus.DRAFT
    assert stored(day)[key].guide_ids == before.guide_ids


def new_departure(siblings: SimulatedSiblings, day: date) -> tuple[UUID, dict[str, Any]]:
    """A departure of an active trip at a time at which the catalog has none."""
    trip_id = UUID(siblings.summary()["trip_ids"][0])
    snapshot = take_planning_snapshot(day, None)
    region = siblings.call("svc-trip-catalog", f"/trips/{trip_id}").json()["region_id"]
    zone = snapshot.regions[UUID(region)].timezone
    starts_at = combine(day, "05:10", zone)
    return departure_id_of(trip_id, day, "05:10"), {"trip_id": str(trip_id), "starts_at": starts_at.isoformat()}


def test_a_dispatcher_makes_a_departure_and_the_catalog_is_told(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    key, fields = new_departure(siblings, day)

    response = change(client, key, fields | {"capacity": 6}, at=day)

    assert response.status_code == 200, response.json()
    made = stored(day)[key]
    assert (made.capacity, made.team, made.status) == (6, [], DepartureStatus.DRAFT)
    assert made.starts_at.strftime("%H:%M") == "05:10"
    message = OutboxMessage.objects.get(destination="svc-trip-catalog")
    assert message.payload["departure_id"] == str(key)


def test_a_departure_has_one_id_that_everybody_finds_it_by(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    key, fields = new_departure(siblings, day)

    response = change(client, uuid4(), fields, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "DEPARTURE_NOT_EDITABLE")
    assert str(key) in response.json()["message"]


def test_a_departure_is_not_made_again_under_the_id_that_the_catalog_gave_it(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    key, fields = new_departure(siblings, day)
    change(client, key, fields, at=day)
    payload = OutboxMessage.objects.get(destination="svc-trip-catalog").payload
    path = f"/trips/{payload['trip_id']}/schedule"
    theirs = siblings.call("svc-trip-catalog", path, method="POST", json=payload["body"]).json()["id"]
    caches["siblings"].clear()

    response = change(client, theirs, fields, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "DEPARTURE_NOT_EDITABLE")
    assert str(key) in response.json()["message"]


def test_the_history_says_who_patched(client: Client, day: date) -> None:
    key, _ = one_led_alone(day)

    change(client, key, {"team": []}, at=day, subject="ben")

    latest = ScheduleRevision.objects.order_by("-rev")[0]
    assert (latest.author, latest.kind, latest.process) == ("ben", "dispatcher", "web")
    assert "team" in latest.changes["departures"][str(key)]["fields"]


@pytest.mark.parametrize("elsewhere", [None, "33333333-3333-4333-8333-333333333333"])
def test_nobody_leaves_from_where_nobody_counts(client: Client, day: date, elsewhere: str | None) -> None:
    key, before = one_led_alone(day)

    response = change(client, key, {"location_id": elsewhere}, at=day)

    assert (response.status_code, response.json()["code"]) == (422, "DEPARTURE_NOT_EDITABLE")
    assert stored(day)[key] == before


def test_a_confirmed_team_is_approved_anew_for_another_plan_with_open_questions(
    client: Client, day: date, siblings: SimulatedSiblings
) -> None:
    key, before = one_led_alone(day)
    publish_departures(day, author=DISPATCHER, by_machine=False, departure_ids=[key])
    siblings.switch("svc-weather", "down")
    caches["siblings"].clear()

    ends_at = (before.ends_at - timedelta(minutes=30)).isoformat()
    response = change(client, key, {"ends_at": ends_at}, at=day)

    assert response.status_code == 200, response.json()
    assert stored(day)[key].needs_approval
