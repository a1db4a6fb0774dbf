"""The banner that names the optimizers of a date, on the pages where a user might edit it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from scheduling.admin.region_names import region_list
from scheduling.daily_schedules.presence import OptimizerPresence, optimizers_of
from scheduling.models import DailySchedule


def banner_context(schedule: DailySchedule) -> dict[str, Any]:
    """Return the context of the template, with an empty list without optimizers or while Valkey is unavailable."""
    return {
        "schedule": schedule,
        "optimizers": optimizer_texts(schedule.schedule_date),
    }


def optimizer_texts(day: date) -> list[dict[str, Any]]:
    """Return who is at work on a date (`by`), since when, and on which `regions`, in words."""
    return [_optimizer(presence) for presence in optimizers_of(day)]


def _optimizer(presence: OptimizerPresence) -> dict[str, Any]:
    regions = region_list(presence.region_ids) if presence.region_ids else _("all regions")
    return {"by": presence.by, "since": presence.since, "regions": regions}
