"""Trips, regions and snapshots of the simulated siblings for the tests of siblings and snapshots."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from scheduling.domain.facts import Snapshot
from scheduling.siblings.metrics import REQUEST_SECONDS
from scheduling.snapshot import take_day_snapshot, take_trip_snapshot
from tests.siblings import SimulatedSiblings

SECONDS = 30.0
"""Long enough for any machine."""

IMPATIENT_SECONDS = 2.0


def tomorrow(siblings: SimulatedSiblings) -> date:
    return siblings.today + timedelta(days=1)


def a_hike(siblings: SimulatedSiblings) -> UUID:
    """A trip of one day that leaves every day, in a region with trails, a station and a base camp."""
    return UUID(siblings.summary()["trip_ids"][0])


def region_of(siblings: SimulatedSiblings, trip_id: UUID) -> UUID:
    return UUID(siblings.get("trips", f"{trip_id}")["region_id"])


def snapshot_of_hike(siblings: SimulatedSiblings, *, seconds: float = SECONDS, fresh: bool = False) -> Snapshot:
    return take_trip_snapshot(a_hike(siblings), [tomorrow(siblings)], deadline_seconds=seconds, fresh=fresh)


def snapshot_of_tomorrow(siblings: SimulatedSiblings, *, seconds: float = SECONDS) -> Snapshot:
    return take_day_snapshot(tomorrow(siblings), deadline_seconds=seconds)


def calls_made() -> Counter[str]:
    """Return the number of calls of each operation by this process."""
    samples = (sample for metric in REQUEST_SECONDS.collect() for sample in metric.samples)
    return Counter(
        {sample.labels["operation"]: int(sample.value) for sample in samples if sample.name.endswith("_count")}
    )
