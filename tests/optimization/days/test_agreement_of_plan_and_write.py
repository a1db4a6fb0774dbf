"""A plan and its write are judged on the same facts: no write is refused for a change that did not happen."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.utils import timezone

from optimization.days import services
from optimization.days.services import optimize_day, take_planning_snapshot
from optimization.models import OptimizationRun, RunStatus
from optimization.requests import inputs, processing
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import Departure
from scheduling.domain.facts import Span
from scheduling.hazards import WildlifeAlert, record_wildlife_alert
from scheduling.models import RequestStatus, ScheduleRequest
from scheduling.rules.camp_load import CampLoad
from tests.optimization.requests.test_processing import a_trip_of, day_of, departure_of, processed, submit
from tests.scheduling.writes import change, enter, stored
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer")
A_DAY = timedelta(days=1)


@pytest.fixture
def region_id(siblings: SimulatedSiblings) -> UUID:
    return take_planning_snapshot(day_of(siblings), None).trips[a_trip_of(siblings, "HIKING")].region_id


def optimized(siblings: SimulatedSiblings, region_id: UUID) -> dict[UUID, Departure]:
    """Tomorrow's departures, planned by the night on what the siblings say now."""
    caches["siblings"].clear()
    optimize_day(day_of(siblings), [region_id], author=NIGHT)
    return stored(day_of(siblings))


def of_the_hiking_trip(siblings: SimulatedSiblings, departures: dict[UUID, Departure]) -> tuple[UUID, Departure]:
    trip_id = a_trip_of(siblings, "HIKING")
    return next((key, departure) for key, departure in departures.items() if departure.trip_id == trip_id)


def all_guide_ids(siblings: SimulatedSiblings) -> list[UUID]:
    return [UUID(guide_id) for guide_id in siblings.summary()["guide_ids"]]


def test_what_guides_enter_for_the_next_date_excludes_them_from_no_trip_of_this_one(
    siblings: SimulatedSiblings, region_id: UUID
) -> None:
    before = optimized(siblings, region_id)
    for guide_id in all_guide_ids(siblings):
        enter(guide_id, day_of(siblings, 2), restrictions=[{"kind": "NO_GUIDING"}])

    after = optimized(siblings, region_id)

    ends_today = [
        key for key, departure in before.items() if departure.team and departure.ends_at.date() == day_of(siblings)
    ]
    reaching_over = [departure for departure in after.values() if departure.ends_at.date() > day_of(siblings)]
    assert ends_today
    assert all(after[key].team for key in ends_today)
    assert not any(departure.team for departure in reaching_over)


def test_a_departure_that_was_prolonged_beyond_its_trip_is_joined_whatever_its_guides_enter_for_its_last_day(
    siblings: SimulatedSiblings,
) -> None:
    first = processed(submit(siblings, 1))
    key, ends_at = first.outcome.departure_id, departure_of(first).ends_at
    change(key, first.schedule_date, ends_at=ends_at + 3 * A_DAY)
    for guide_id in all_guide_ids(siblings):
        enter(guide_id, first.schedule_date + 3 * A_DAY, guide_preferences={"activities": ["HIKING"]})

    second = processed(submit(siblings, 1))

    assert second.status == RequestStatus.COMPLETED


def close_every_trail(snapshot: Any) -> None:
    alert = WildlifeAlert(uuid4(), "bear", "extreme", tuple(snapshot.trails), "close_trail", datetime.now(UTC), None)
    record_wildlife_alert(alert)


def while_it_is_processed(monkeypatch: pytest.MonkeyPatch, act: Callable[[Any], None]) -> None:
    """Have a concurrent action happen once, when a request's dates are ranked and about to be written."""
    read, left = inputs.with_availability_notes, [act]

    def read_late(snapshot: Any, *arguments: Any, **options: Any) -> Any:
        while left:
            left.pop()(snapshot)
        return read(snapshot, *arguments, **options)

    monkeypatch.setattr(inputs, "with_availability_notes", read_late)


def test_a_trail_that_closes_while_a_request_is_answered_is_not_published_on(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = submit(siblings, 1)
    while_it_is_processed(monkeypatch, close_every_trail)

    request = processed(request)

    assert request.status == RequestStatus.COMPLETED
    assert [ranked["availability_status"] for ranked in request.outcome.result["recommended_dates"]] == ["UNAVAILABLE"]


def test_the_night_plans_around_a_trail_that_closes_while_it_solves(
    siblings: SimulatedSiblings, region_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    [trail_id] = {departure.trail_id for _, departure in [of_the_hiking_trip(siblings, optimized(siblings, region_id))]}
    plan, left = services.plan_date, [trail_id]

    def plan_and_close(*arguments: Any, **options: Any) -> Any:
        planned = plan(*arguments, **options)
        while left:
            alert = WildlifeAlert(uuid4(), "bear", "extreme", (left.pop(),), "close_trail", datetime.now(UTC), None)
            record_wildlife_alert(alert)
        return planned

    for key, departure in stored(day_of(siblings)).items():
        change(key, day_of(siblings), team=[], trail_id=departure.trail_id)
    monkeypatch.setattr(services, "plan_date", plan_and_close)

    after = optimized(siblings, region_id)

    assert not [departure for departure in after.values() if departure.team and departure.trail_id == trail_id]
    assert {run.status for run in OptimizationRun.objects.all()} == {RunStatus.COMPLETED}


def test_guests_who_left_a_departure_with_a_pinned_guide_make_room_at_the_camp(
    siblings: SimulatedSiblings, region_id: UUID
) -> None:
    planned = optimized(siblings, region_id)
    key, held = of_the_hiking_trip(siblings, planned)
    other = next(
        k
        for k, departure in planned.items()
        if k != key and departure.team and departure.participants and departure.span.overlaps(held.span)
    )
    change(key, day_of(siblings), team=[member.model_copy(update={"pinned": True}) for member in held.team])
    change(other, day_of(siblings), team=[])
    siblings.send_guide_away(str(held.team[0].guide_id), day_of(siblings), day_of(siblings))
    siblings.alter("departures", str(key), available_spots=held.capacity)
    camp = take_planning_snapshot(day_of(siblings), None).locations[region_id]
    siblings.set_location_capacity(
        str(camp.id), sum(departure.participants for k, departure in planned.items() if k != key)
    )

    after = optimized(siblings, region_id)

    assert after[other].team
    assert (after[key].team[0].pinned, after[key].participants) == (True, 0)


def test_a_request_beside_a_departure_whose_guests_left_fits_into_the_camp(
    siblings: SimulatedSiblings, region_id: UUID
) -> None:
    key, first = of_the_hiking_trip(siblings, optimized(siblings, region_id))
    siblings.add_departure(
        str(first.trip_id), day_of(siblings), f"{first.starts_at + timedelta(hours=1):%H:%M}", sold=3
    )
    change(key, day_of(siblings), capacity=1)
    siblings.alter("departures", str(key), available_spots=first.capacity)
    caches["siblings"].clear()
    camp = take_planning_snapshot(day_of(siblings), None).locations[region_id]
    out = list(stored(day_of(siblings)).values())
    span = Span(first.starts_at, first.ends_at + timedelta(hours=1))
    siblings.set_location_capacity(str(camp.id), CampLoad.of(out, camp.id).peak(span) + 2)
    caches["siblings"].clear()

    request = processed(submit(siblings, 1))

    assert request.status == RequestStatus.COMPLETED


def test_a_departure_that_starts_while_a_request_is_answered_is_left_to_another_date(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = processed(submit(siblings, 1))
    change(first.outcome.departure_id, first.schedule_date, team=[])
    starts_at, rank = departure_of(first).starts_at, processing.rank_loaded

    def rank_until_it_starts(*arguments: Any, **options: Any) -> Any:
        ranked = rank(*arguments, **options)
        monkeypatch.setattr(timezone, "now", lambda: max(datetime.now(UTC), starts_at + timedelta(seconds=1)))
        return ranked

    request = submit(siblings, 1)
    monkeypatch.setattr(processing, "rank_loaded", rank_until_it_starts)
    processing.process_request(request.pk)

    request = ScheduleRequest.objects.select_related("outcome").get(pk=request.pk)
    assert request.status == RequestStatus.COMPLETED
    assert [ranked["availability_status"] for ranked in request.outcome.result["recommended_dates"]] == ["UNAVAILABLE"]
