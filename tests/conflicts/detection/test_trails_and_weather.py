from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from conflicts.detection import Danger, Severity
from scheduling.domain.facts import Closure, Location, Sibling, Span, Trail, WeatherAlert
from scheduling.rules import Facts
from tests.conflicts.detection.scenes import causes, detect_among
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TrailFactory,
    at,
    facts_of,
    lead,
)


@pytest.mark.parametrize(
    "trail",
    [
        TrailFactory(status="CLOSED"),
        TrailFactory(is_year_round=False, status="SEASONAL_CLOSURE"),
        TrailFactory(surface="FLOODED"),
        TrailFactory(closures=(Closure(uuid4(), "rockfall", TOMORROW, None, True),)),
    ],
    ids=["closed", "out of season", "flooded", "severe closure"],
)
def test_the_trail_is_closed(trail: Trail) -> None:
    [conflict] = detect_among(DepartureFactory(trail_id=trail.id), facts=facts_of(trails=[trail])).conflicts

    assert (conflict.type.value, conflict.source_service) == ("TRAIL_CLOSED", "svc-trail-management")
    assert conflict.trail_ids == (trail.id,)


def test_an_open_trail_with_unknown_conditions_clears_nothing() -> None:
    trail = TrailFactory(conditions_known=False)

    detection = detect_among(DepartureFactory(trail_id=trail.id), facts=facts_of(trails=[trail]))

    assert not detection.conflicts
    assert "TRAIL" not in {cause for cause, _ in detection.judged}


def danger(**fields: object) -> Danger:
    defaults = {"id": uuid4(), "severity": Severity.HIGH, "description": "grizzly sighted", "span": Span(at(6), at(20))}
    return Danger(**(defaults | fields))  # type: ignore[arg-type]


def test_a_wildlife_alert_that_closes_the_trail() -> None:
    trail_id = uuid4()
    alert = danger(trail_ids=frozenset({trail_id}), closes_trails=True)

    [conflict] = detect_among(DepartureFactory(trail_id=trail_id), dangers=(alert,)).conflicts

    assert (conflict.type.value, conflict.severity) == ("TRAIL_CLOSED", Severity.HIGH)


OF_THE_WEATHER = {"WEATHER_WARNING", "STORM_FORECAST"}


def weather(
    severity: str = "WARNING", trail_ids: frozenset[UUID] = frozenset(), hour: int = 8, **snapshot: object
) -> Facts:
    span = Span(at(hour), at(hour) + timedelta(hours=2))
    alert = WeatherAlert(uuid4(), REGION_ID, severity, "thunderstorms", span, trail_ids, is_active=True)
    facts = facts_of()
    return facts.with_snapshot(replace(facts.snapshot, alerts={REGION_ID: (alert,)}, **snapshot))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alert", "severity"),
    [("ADVISORY", "LOW"), ("WATCH", "MEDIUM"), ("WARNING", "HIGH"), ("EMERGENCY", "CRITICAL")],
)
def test_an_active_alert_for_the_region_is_as_severe_as_it_says(alert: str, severity: str) -> None:
    [conflict] = detect_among(DepartureFactory(), facts=weather(alert)).conflicts

    assert (conflict.type.value, conflict.severity.value) == ("WEATHER_ALERT", severity)


def test_weather_that_was_not_read_clears_nothing() -> None:
    silent = weather(hour=18, unread_weather=frozenset({REGION_ID}))

    assert not OF_THE_WEATHER & {cause for cause, _ in detect_among(DepartureFactory(), facts=silent).judged}


def test_weather_of_another_region_that_was_not_read_does_not_keep_this_ones_from_being_judged() -> None:
    unknown = {Sibling.WEATHER: "svc-weather did not answer; not known: the forecast of Alps."}
    silent_elsewhere = weather(hour=18, unread_weather=frozenset({uuid4()}), unknown=unknown)

    assert {cause for cause, _ in detect_among(DepartureFactory(), facts=silent_elsewhere).judged} >= OF_THE_WEATHER


def test_more_guests_than_places() -> None:
    [conflict] = detect_among(DepartureFactory(participants=14, capacity=10)).conflicts

    assert (conflict.type.value, conflict.evidence) == ("CAPACITY_EXCEEDED", {"people": 14, "allowed": 10})


def test_too_many_at_the_base_camp_is_one_conflict_of_the_place() -> None:
    camp = Location(uuid4(), REGION_ID, 12)
    guides = [GuideFactory(), GuideFactory()]
    there = [DepartureFactory(location_id=camp.id, team=[lead(guide)]) for guide in guides]

    [conflict] = detect_among(*there, facts=facts_of(guides=guides, base_camp=camp)).conflicts

    assert conflict.cause.value == "LOCATION_CAPACITY"
    assert len(conflict.departure_ids) == 2


def test_a_trip_of_several_days_is_at_the_base_camp_on_the_next_date_too() -> None:
    camp = Location(uuid4(), REGION_ID, 12)
    guide = GuideFactory()
    since_yesterday = DepartureFactory(
        location_id=camp.id, team=[lead(GuideFactory())], starts_at=at(9) - timedelta(days=1), ends_at=at(18)
    )
    today = DepartureFactory(location_id=camp.id, team=[lead(guide)])
    facts = facts_of(guides=[guide], base_camp=camp)

    assert "LOCATION_CAPACITY" in causes(detect_among(today, facts=facts, neighbours=(since_yesterday,)).conflicts)
    assert "LOCATION_CAPACITY" not in causes(detect_among(today, facts=facts).conflicts)
