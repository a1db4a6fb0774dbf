"""How many published departures a plan may leave without their team, and what excuses one."""

from uuid import UUID, uuid4

import pytest

from optimization.verification.evidence import Evidence, Hold
from optimization.verification.published_teams import UnstaffingLimit, excused_departures
from scheduling.domain.document import Announcement, DepartureStatus
from tests.factories import TOMORROW, DepartureFactory, GuideFactory, TrailFactory, at, snapshot_of

GUIDE, TRAIL, KEY = GuideFactory(), TrailFactory(), uuid4()
ANNOUNCED = DepartureFactory(
    status=DepartureStatus.PUBLISHED,
    published=Announcement(guide_ids=[GUIDE.id], trail_id=TRAIL.id, starts_at=at(9), ends_at=at(12)),
)
SNAPSHOT = snapshot_of(guides=[GUIDE], trips=[], days=[TOMORROW])


@pytest.mark.parametrize(("announced", "most"), [(0, 2), (6, 2), (29, 2), (30, 3), (107, 10)])
def test_the_limit_is_two_or_a_tenth_whichever_is_more(announced: int, most: int) -> None:
    assert UnstaffingLimit(2, 0.1).of(announced) == most


@pytest.mark.parametrize(
    ("hold", "excused"),
    [
        (Hold("bear", at(11), at(20), closed_trails=frozenset({TRAIL.id})), {KEY}),
        (Hold("bear", at(12), at(20), closed_trails=frozenset({TRAIL.id})), set()),
        (Hold("bear", at(11), at(20), closed_trails=frozenset({uuid4()})), set()),
        (Hold("avalanche", at(11), at(20), held_guides=frozenset({GUIDE.id})), {KEY}),
        (Hold("avalanche", at(11), at(20), held_guides=frozenset({uuid4()})), set()),
    ],
    ids=["its trail closed", "closed afterwards", "another trail", "its guide held", "another guide"],
)
def test_a_hazard_excuses_the_departures_that_it_concerns(hold: Hold, excused: set[UUID]) -> None:
    evidence = Evidence(day=TOMORROW, snapshot=SNAPSHOT, departures={KEY: ANNOUNCED}, holds=[hold])

    assert excused_departures(evidence) == excused
