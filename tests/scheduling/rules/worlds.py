"""One guide, one trip and one trail whose departure breaks no rule, and the facts that make it break one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from scheduling.domain.document import AvailabilityException, Departure, GuideAdjustments, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.rules import Commitment, Facts, Rule, Violation, new_violations
from scheduling.rules.departures import Surroundings
from tests.factories import (
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TrailFactory,
    TripFactory,
    entered_tomorrow,
    facts_of,
    lead,
)

KEY = UUID("00000000-0000-4000-8000-000000000001")
NEXT_DAY = TOMORROW + timedelta(days=1)
GUIDE, TRIP, TRAIL = GuideFactory(), TripFactory(), TrailFactory()
FACTS = facts_of(guides=[GUIDE], trips=[TRIP], trails=[TRAIL], days=[TOMORROW, NEXT_DAY])
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def led(**fields: Any) -> Departure:
    return DepartureFactory(**{"trip_id": TRIP.id, "trail_id": TRAIL.id, "team": [lead(GUIDE)]} | fields)


def violations(
    departure: Departure,
    facts: Facts = FACTS,
    *,
    before: Departure | None = None,
    adjustments: GuideAdjustments | None = None,
    commitments: tuple[Commitment, ...] = (),
    others: Mapping[UUID, Departure] | None = None,
    neighbours: tuple[Departure, ...] = (),
) -> list[Violation]:
    """Return the new violations of a write that turns `before` into `departure`."""
    entered = entered_tomorrow({GUIDE.id: adjustments} if adjustments else {})
    around = Surroundings(entered, {GUIDE.id: commitments}, neighbours)
    there = dict(others or {})
    old = ScheduleDocument(departures=there | ({KEY: before} if before else {}))
    new = ScheduleDocument(departures=there | {KEY: departure})
    return new_violations(old, new, TOMORROW, [KEY], facts, around, around)


def broken(departure: Departure, facts: Facts = FACTS, **around: Any) -> list[Rule]:
    return [violation.rule for violation in violations(departure, facts, **around)]


def knowing(**changes: Any) -> Facts:
    """Return `FACTS` with other values in the snapshot."""
    return FACTS.with_snapshot(replace(FACTS.snapshot, **changes))


def with_guide(**changes: Any) -> Facts:
    return knowing(guides={GUIDE.id: replace(GUIDE, **changes)})


def with_trail(**changes: Any) -> Facts:
    return knowing(trails={TRAIL.id: replace(TRAIL, **changes)})


def elsewhere(starts_at: datetime, ends_at: datetime, day: date = TOMORROW) -> tuple[Commitment, ...]:
    return (Commitment(GUIDE.id, uuid4(), day, Span(starts_at, ends_at)),)


def restricted(kind: str, value: object = None, **more: object) -> GuideAdjustments:
    return GuideAdjustments(restrictions=[{"kind": kind, "value": value} | more])


def away(first: object, last: object) -> GuideAdjustments:
    window = AvailabilityException.model_validate({"from": first, "to": last})
    return GuideAdjustments(availability_exceptions=[window])


def out(starts_at: datetime, ends_at: datetime) -> Departure:
    """A departure as parsed from the document: its times have UTC offsets instead of a zone."""
    written = DepartureFactory(starts_at=starts_at, ends_at=ends_at).model_dump(mode="json")
    return Departure.model_validate(written)
