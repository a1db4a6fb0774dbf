"""Dead letters of patches that failed by contention: every try met a concurrent write of the daily schedule."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from events.dead_letters import record_dead_letter
from events.models import DeadLetter
from scheduling.daily_schedules.authors import Author
from scheduling.errors import ContentionNotResolved
from scheduling.patches.ownership import Owner

FAILED_PATCH_SOURCE = "daily-schedule-patch"


def record_failed_patch(
    day: date,
    patch: Mapping[str, Any],
    author: Author,
    owners: Collection[Owner],
    contention: ContentionNotResolved,
    *,
    may_publish: bool,
) -> DeadLetter:
    """Record a dead letter of the patch, with all that its replay needs and the guides' names for operations."""
    payload = {
        "day": day.isoformat(),
        "patch": dict(patch),
        "author": {"kind": author.kind.value, "subject": author.subject, "process": author.process},
        "owners": sorted(owner.name for owner in owners),
        "may_publish": may_publish,
        "guide_names": list(contention.guide_names),
    }
    return record_dead_letter(
        source=FAILED_PATCH_SOURCE, reason=contention.message, payload=payload, key=day.isoformat()
    )
