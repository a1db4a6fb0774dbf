"""What the monitors read: a gap of one region is not one of the others."""

from datetime import timedelta
from uuid import UUID

from scheduling.domain.facts import Sibling, Snapshot
from scheduling.domain.local_time import span_of_day
from scheduling.snapshot import Watch, take_watch_snapshot
from tests.siblings import SimulatedSiblings


def watched(siblings: SimulatedSiblings, *region_ids: UUID) -> Snapshot:
    day = siblings.today + timedelta(days=2)
    days = frozenset({day})
    watch = Watch(days, frozenset(), days, frozenset(region_ids), frozenset(), frozenset(), ())
    return take_watch_snapshot(watch, deadline_seconds=20)


def test_an_alert_that_cannot_be_read_leaves_the_weather_of_its_region_alone_unknown(
    siblings: SimulatedSiblings,
) -> None:
    first, second = map(UUID, siblings.summary()["region_ids"][:2])
    siblings.keep([str(first), str(second)], guides=5)
    span = span_of_day(siblings.today + timedelta(days=2), watched(siblings, first).regions[first].timezone)
    siblings.raise_alert(str(first), span.starts_at, span.ends_at, severity="APOCALYPSE")

    snapshot = watched(siblings, first, second)

    assert not snapshot.knows(Sibling.WEATHER)
    assert [snapshot.knows_weather_of(region_id) for region_id in (first, second)] == [False, True]


def test_of_a_region_that_cannot_be_read_the_forecast_is_unknown(siblings: SimulatedSiblings) -> None:
    first, second = map(UUID, siblings.summary()["region_ids"][:2])
    siblings.keep([str(first), str(second)], guides=5)
    siblings.alter("regions", str(first), timezone="Nowhere/At_All")

    snapshot = watched(siblings, first, second)

    assert [snapshot.knows_weather_of(region_id) for region_id in (first, second)] == [False, True]
