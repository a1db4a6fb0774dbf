"""The line that tells who is optimizing a date, on the pages where somebody might be about to edit it."""

from typing import Any

from scheduling.admin.region_names import region_list
from scheduling.daily_schedules.presence import OptimizerPresence, optimizers_of
from scheduling.models import DailySchedule


def banner_context(schedule: DailySchedule) -> dict[str, Any]:
    """What the template prints; nobody at work, or Valkey away: an empty list."""
    return {"schedule": schedule, "at_work": [_told(presence) for presence in optimizers_of(schedule.schedule_date)]}


def _told(presence: OptimizerPresence) -> dict[str, Any]:
    regions = region_list(presence.region_ids) if presence.region_ids else "all"
    return {"by": presence.by, "since": presence.since, "regions": regions, "is_one": len(presence.region_ids) == 1}
