"""When siblings that are silent now last answered."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from conflicts.models import MonitorPass
from conflicts.monitoring.passes import last_passes
from scheduling.domain.facts import Sibling, Snapshot

PASSES_SEARCHED = 100


def last_heard(silent: Collection[Sibling]) -> dict[Sibling, datetime]:
    """Return when the monitors last read everything of these siblings; without those whom no late pass could read.

    One query, and none where nobody is silent.
    """
    return heard_in(last_passes(PASSES_SEARCHED), silent) if silent else {}


def heard_in(passes: Iterable[MonitorPass], siblings: Collection[Sibling]) -> dict[Sibling, datetime]:
    """Return when each of these siblings was last read in full by one of some passes, the latest of which is first."""
    heard: dict[Sibling, datetime] = {}
    for found in passes:
        for sibling in siblings:
            if sibling not in heard and found.completed_at and not any(sibling in text for text in found.not_read):
                heard[sibling] = found.completed_at
    return heard


@dataclass(frozen=True, slots=True)
class Source:
    """A silent sibling, in the sentence that says what is unknown because of it; it last answered at `heard_at`."""

    sibling: Sibling
    sentence: str
    heard_at: datetime | None


def silent_sources(snapshot: Snapshot) -> tuple[Source, ...]:
    """Return the siblings that a snapshot could not read; one query where there are any."""
    heard = last_heard(snapshot.unknown)
    return tuple(Source(sibling, why, heard.get(sibling)) for sibling, why in sorted(snapshot.unknown.items()))
