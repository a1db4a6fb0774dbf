"""Every optimization wiped what guides had entered. Now it survives, and nobody is assigned against it."""

from typing import Any
from uuid import UUID

import pytest

from scheduling.domain.document import Departure
from tests.ntk_10004.incident import Incident, group_size_override, medical_restriction, training_day, vacation

pytestmark = pytest.mark.django_db


def survives_both(scene: Incident, guide_id: UUID, entry: dict[str, Any]) -> None:
    """What was entered lies there word for word after a night and after an optimization on demand."""
    scene.guides_enter(guide_id, entry)
    entered = scene.entered
    assert entry.items() <= entered[str(guide_id)].items()

    scene.optimize_at_night()
    assert scene.entered == entered

    scene.optimize_on_demand()
    assert scene.entered == entered


def lead_of_most(scene: Incident) -> tuple[UUID, Departure]:
    """The guide who alone leads the most guests, and the departure."""
    _, departure = scene.staffed()[0]
    return departure.team[0].guide_id, departure


def test_a_vacation_block_survives_nightly_and_on_demand_optimization(scene: Incident) -> None:
    guide, _ = lead_of_most(scene)

    survives_both(scene, guide, vacation(scene.day))

    assert not scene.led_by(guide)


def test_a_training_day_survives_nightly_and_on_demand_optimization(scene: Incident) -> None:
    guide, _ = lead_of_most(scene)

    survives_both(scene, guide, training_day(scene.day))

    assert not scene.led_by(guide)


def test_a_medical_restriction_survives_nightly_and_on_demand_optimization(scene: Incident) -> None:
    guide, departure = lead_of_most(scene)

    survives_both(scene, guide, medical_restriction(departure.activity_type))

    assert departure.activity_type not in {led.activity_type for led in scene.led_by(guide).values()}


def test_a_group_size_override_survives_nightly_and_on_demand_optimization(scene: Incident) -> None:
    guide, departure = lead_of_most(scene)
    size = departure.participants - 1

    survives_both(scene, guide, group_size_override(size))

    assert all(len(led.team) > 1 or led.participants <= size for led in scene.led_by(guide).values())


@pytest.mark.parametrize("kind", ["vacation", "training day", "medical restriction"])
def test_a_request_is_not_answered_with_a_guide_who_entered_against_it(scene: Incident, kind: str) -> None:
    key, departure = scene.joined_by_a_request()
    guide = departure.team[0].guide_id
    entries = {
        "vacation": vacation(scene.day),
        "training day": training_day(scene.day),
        "medical restriction": medical_restriction(departure.activity_type),
    }
    scene.guides_enter(guide, entries[kind])
    entered = scene.entered

    request = scene.request(departure.trip_id)

    assert scene.entered == entered
    assert request.outcome.departure_id == key
    assert scene.departures[key].team
    assert guide not in scene.departures[key].guide_ids
    assert str(guide) not in str(request.outcome.result)


def test_the_free_text_of_a_guide_is_shown_to_a_person_before_the_team_is_told(scene: Incident) -> None:
    key, departure = scene.staffed()[0]

    scene.guides_enter(departure.team[0].guide_id, {"guide_notes": "no descents, left knee"})
    scene.optimize_at_night()

    planned = scene.departures[key]
    assert departure.team[0].guide_id not in planned.guide_ids or planned.needs_approval
