"""When siblings that are silent now last answered."""

from collections.abc import Collection, Iterable
from datetime import datetime

from conflicts.models import MonitorPass
from conflicts.monitoring.passes import last_passes
from scheduling.domain.facts import Sibling

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
