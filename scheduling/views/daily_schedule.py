"""One daily schedule: every method of its address."""

from novatrek_scheduling.api.permissions import ScopedByMethod, requires
from scheduling.views.daily_schedules import ReadDailySchedule
from scheduling.views.patching import PatchDailySchedule
from scheduling.views.retired import RefusePut


class DailyScheduleView(ReadDailySchedule, PatchDailySchedule, RefusePut, ScopedByMethod):
    scopes_of = {
        "GET": requires("scheduling:read"),
        "PATCH": requires("scheduling:write", "guide-adjustments:write"),
    }
