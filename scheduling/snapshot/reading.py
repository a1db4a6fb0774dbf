"""When what a snapshot is made of was read."""

from collections.abc import Mapping
from datetime import datetime

from scheduling.domain.facts import Sibling

ReadAt = Mapping[Sibling, datetime]


def together(one: ReadAt, other: ReadAt) -> ReadAt:
    """For each sibling the time at which the oldest of its answers was read."""
    return {
        sibling: min(times[sibling] for times in (one, other) if sibling in times)
        for sibling in one.keys() | other.keys()
    }
