"""Who is available on the later days of trips that take several."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from scheduling.domain.facts import Snapshot
from scheduling.siblings.client import Reader
from scheduling.siblings.deadline import Deadline
from scheduling.siblings.parallel import Lookups
from scheduling.snapshot.guides import People
from scheduling.snapshot.reading import together


def with_availability_on(
    snapshot: Snapshot, days: Collection[date], *, deadline_seconds: float, fresh: bool = False
) -> Snapshot:
    """The snapshot and who is available on `days` as well. Raises SiblingUnavailable."""
    missing = sorted(set(days) - set(snapshot.available))
    if not missing:
        return snapshot
    reader = Reader(Deadline.after(deadline_seconds), fresh=fresh)
    with Lookups(reader.deadline) as lookups:
        people = People.start(reader, lookups, missing, everybody=False)
        guides, available = people.finish()
    return replace(
        snapshot,
        guides={**guides, **snapshot.guides},
        available={**snapshot.available, **available},
        read_at=together(snapshot.read_at, reader.read_at),
    )
