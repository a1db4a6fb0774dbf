"""The failures of each sibling and their effect on a snapshot."""

from typing import Any
from uuid import UUID

import pytest

from scheduling.domain.facts import Sibling
from scheduling.siblings import SiblingFailure, SiblingUnavailable
from scheduling.snapshot import with_certificates
from tests.scheduling.siblings.examples import (
    IMPATIENT_SECONDS,
    a_hike,
    region_of,
    snapshot_of_hike,
    snapshot_of_tomorrow,
    tomorrow,
)
from tests.siblings import SimulatedSiblings

TROUBLES = pytest.mark.parametrize("trouble", ["down", "slow", "failing", "off_contract"])


@TROUBLES
@pytest.mark.parametrize("sibling", [Sibling.TRIP_CATALOG, Sibling.GUIDE_MANAGEMENT])
def test_without_the_catalog_or_the_guides_there_is_no_snapshot(
    siblings: SimulatedSiblings, sibling: Sibling, trouble: str
) -> None:
    siblings.switch(sibling, trouble)

    with pytest.raises(SiblingUnavailable, match=sibling.value) as raised:
        snapshot_of_hike(siblings, seconds=IMPATIENT_SECONDS)

    assert raised.value.sibling is sibling


@TROUBLES
@pytest.mark.parametrize("sibling", [Sibling.TRAIL_MANAGEMENT, Sibling.WEATHER, Sibling.LOCATION_SERVICES])
def test_without_another_the_snapshot_says_what_is_not_known(
    siblings: SimulatedSiblings, sibling: Sibling, trouble: str
) -> None:
    siblings.switch(sibling, trouble)

    snapshot = snapshot_of_hike(siblings, seconds=IMPATIENT_SECONDS)

    assert set(snapshot.unknown) == {sibling}
    assert "Pacific Northwest" in snapshot.unknown[sibling]
    assert snapshot.departures[tomorrow(siblings)]


def test_without_all_three_a_day_still_has_its_departures_and_guides(siblings: SimulatedSiblings) -> None:
    silent = {Sibling.TRAIL_MANAGEMENT, Sibling.WEATHER, Sibling.LOCATION_SERVICES}
    for sibling in silent:
        siblings.switch(sibling, "slow")

    snapshot = snapshot_of_tomorrow(siblings, seconds=3.0)

    assert set(snapshot.unknown) == silent
    assert snapshot.available[tomorrow(siblings)]


def test_without_weather_the_trails_are_known_and_not_their_assessment(siblings: SimulatedSiblings) -> None:
    siblings.switch(Sibling.WEATHER, "failing")

    snapshot = snapshot_of_hike(siblings)

    hike = snapshot.trips[a_hike(siblings)]
    trails = [trail for trail in snapshot.trails_of(hike.region_id) if trail.surface]
    assert trails
    assert {trail.assessment for trail in trails} == {None}
    assert not any(trail.conditions_known for trail in trails)


def test_a_required_field_that_is_missing_is_a_failure_that_names_it(siblings: SimulatedSiblings) -> None:
    siblings.alter("trips", f"{a_hike(siblings)}", duration_hours=None)

    with pytest.raises(SiblingFailure, match="duration_hours"):
        snapshot_of_hike(siblings)


def test_a_value_that_the_contract_does_not_have_is_a_failure(siblings: SimulatedSiblings) -> None:
    region_id = region_of(siblings, a_hike(siblings))
    [camp, *_] = [snapshot_of_hike(siblings).locations[region_id]]
    siblings.alter("capacities", f"{camp.id}", max_capacity="many")

    snapshot = snapshot_of_hike(siblings, fresh=True)

    assert snapshot.locations[region_id].max_capacity is None
    assert "capacity" in snapshot.unknown[Sibling.LOCATION_SERVICES]


def test_our_token_refused_is_a_failure(siblings: SimulatedSiblings, settings: Any) -> None:
    settings.SIBLING_TOKEN = "somebody else's"

    with pytest.raises(SiblingFailure, match="status 401"):
        snapshot_of_hike(siblings)


def test_a_cached_answer_hides_no_failure_of_what_is_asked_anew(siblings: SimulatedSiblings) -> None:
    snapshot = snapshot_of_hike(siblings)
    siblings.switch(Sibling.GUIDE_MANAGEMENT, "down")

    again = snapshot_of_hike(siblings)
    certified = with_certificates(again, [UUID(siblings.summary()["guide_ids"][0])], deadline_seconds=1.0)

    assert again.available == snapshot.available
    assert certified.certificates == {}
    with pytest.raises(SiblingUnavailable):
        snapshot_of_hike(siblings, fresh=True)
