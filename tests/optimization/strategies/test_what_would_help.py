"""What would help where no option does: single changes, each of which would be enough."""

from dataclasses import replace
from uuid import uuid4

import pytest

from conflicts.detection import Cause
from optimization.strategies.what_would_help import what_would_help
from scheduling.domain.document import UnassignedReason
from scheduling.domain.facts import Guide
from tests.factories import TOMORROW, GuideFactory, TrailFactory, TripFactory
from tests.optimization.strategies.hand_made import World, booked, facts_with, outing

TRIP = TripFactory(name="Ridge walk")
STROLL = TripFactory(name="Lake stroll", required_certifications=frozenset())
ANA = GuideFactory(name="Ana")
OURS = uuid4()


def helps(*guides: Guide, **fields: object) -> list[str]:
    ours = outing(9, trip_id=TRIP.id, trip_name=TRIP.name, reservations=booked(4))
    others = {uuid4(): outing(10, *fields.pop("busy", ()), trip_id=STROLL.id, reservations=booked(2))}  # type: ignore[misc]
    world = World({TOMORROW: {OURS: ours, **others}}, facts_with(*guides, trips=[TRIP, STROLL], **fields))
    return what_would_help(world.problem(Cause.NO_LEAD, OURS))


@pytest.mark.parametrize(
    ("guide", "condition"),
    [
        pytest.param(replace(ANA, certifications=frozenset()), "Ana held wilderness first aid", id="a certificate"),
        pytest.param(replace(ANA, is_active=False, status="ON_LEAVE"), "Ana were not on leave", id="leave"),
        pytest.param(
            replace(ANA, region_ids=("sierra_nevada",)),
            "Ana, who works in other regions, worked in this one, too",
            id="another region",
        ),
    ],
)
def test_a_guide_whom_one_rule_excludes_is_named_with_it(guide: Guide, condition: str) -> None:
    [sentence] = helps(guide)

    assert sentence == f"Ridge walk on {TOMORROW} at 09:00 could go if {condition}."


def test_a_guide_who_is_busy_is_named_with_what_keeps_them() -> None:
    [sentence] = helps(ANA, busy=(ANA,))

    assert f"Ana were not on another departure at {TOMORROW} 10:00 UTC" in sentence


@pytest.mark.parametrize(
    "guide",
    [
        pytest.param(replace(ANA, certifications=frozenset(), is_active=False), id="two rules"),
        pytest.param(replace(ANA, activities=frozenset({"RAFTING"})), id="another activity"),
        pytest.param(replace(ANA, certifications=frozenset(), max_group_size=2), id="too small a group"),
    ],
)
def test_a_guide_who_would_not_do_with_one_change_is_not_named(guide: Guide) -> None:
    assert helps(guide) == []


def test_a_departure_without_a_trail_names_the_trails_that_would_do() -> None:
    closed = TrailFactory(name="Rim Trail", status="CLOSED")
    reason = UnassignedReason(code="NO_TRAIL", message="No trail", trail_ids=[closed.id])
    ours = outing(9, trip_id=TRIP.id, trip_name=TRIP.name, reservations=booked(4), unassigned_reason=reason)
    world = World({TOMORROW: {OURS: ours}}, facts_with(ANA, trips=[TRIP], trails=[closed]))

    [sentence] = what_would_help(world.problem(Cause.NO_TRAIL, OURS))

    assert sentence.endswith("could go if it were not that Rim Trail is closed.")
