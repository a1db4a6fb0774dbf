from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from scheduling.snapshot import take_trip_snapshot, with_certificates
from tests.scheduling.siblings.examples import SECONDS, a_hike, calls_made, snapshot_of_hike, tomorrow
from tests.siblings import SimulatedSiblings


@pytest.mark.parametrize("dates", [1, 7, 30])
def test_a_trip_stays_within_its_budget_of_calls(siblings: SimulatedSiblings, dates: int) -> None:
    days = [tomorrow(siblings) + timedelta(days=n) for n in range(dates)]
    before = calls_made()

    for trip_id in map(UUID, siblings.summary()["trip_ids"][:4]):
        snapshot = take_trip_snapshot(trip_id, days, deadline_seconds=SECONDS, fresh=True)
        candidates = list(snapshot.guides)[:12]
        with_certificates(snapshot, candidates, deadline_seconds=SECONDS, fresh=True)
        calls, before = calls_made() - before, calls_made()

        pages = 2
        trails = len(snapshot.trails_of(snapshot.trips[trip_id].region_id))
        assert calls.total() <= 10 + dates * pages + trails + len(candidates)


def test_a_second_look_at_a_trip_asks_only_for_what_sells(siblings: SimulatedSiblings) -> None:
    snapshot_of_hike(siblings)
    before = calls_made()

    snapshot_of_hike(siblings)

    assert calls_made() - before == {"getTripSchedule": 1}


def test_regions_and_trips_share_the_guides_of_a_date(siblings: SimulatedSiblings) -> None:
    snapshot_of_hike(siblings)
    before = calls_made()
    another = UUID(siblings.summary()["trip_ids"][-1])

    take_trip_snapshot(another, [tomorrow(siblings)], deadline_seconds=SECONDS)

    assert another != a_hike(siblings)
    assert (calls_made() - before)["searchGuides"] == 0


def test_every_page_is_read(siblings: SimulatedSiblings) -> None:
    guide = siblings.get("guides", siblings.summary()["guide_ids"][0])
    added = [siblings.add("guides", **(guide | {"id": f"{uuid4()}"})) for _ in range(170)]
    before = calls_made()

    snapshot = snapshot_of_hike(siblings)

    assert {UUID(guide["id"]) for guide in added} <= snapshot.available[tomorrow(siblings)]
    assert (calls_made() - before)["searchGuides"] == 3
