"""When siblings that are silent now last answered."""

from collections.abc import Collection
from datetime import datetime

from conflicts.models import MonitorPass
from scheduling.domain.facts import Sibling

PASSES_SEARCHED = 100


def last_heard(silent: Collection[Sibling]) -> dict[Sibling, datetime]:
    """Return when the monitors last read everything of these siblings; without those whom no late pass could read.

    One query, and none where nobody is silent.
    """
    if not silent:
        return {}
    finished = MonitorPass.objects.filter(status=MonitorPass.Status.COMPLETED).order_by("-completed_at")
    heard: dict[Sibling, datetime] = {}
    for completed_at, not_read in finished.values_list("completed_at", "not_read")[:PASSES_SEARCHED]:
        for sibling in silent:
            if sibling not in heard and completed_at and not any(sibling in sentence for sentence in not_read):
                heard[sibling] = completed_at
    return heard
