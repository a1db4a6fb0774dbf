"""This app's tables in the console: read here, changed only by the functions that the API calls too."""

from scheduling.admin.calendar_tokens import CalendarTokenAdmin
from scheduling.admin.daily_schedules import DailyScheduleAdmin
from scheduling.admin.departures import DepartureAliasAdmin, GuideCommitmentAdmin, ReservationAdmin
from scheduling.admin.hazards import HazardAdmin
from scheduling.admin.history import ScheduleRevisionAdmin
from scheduling.admin.requests import RequestJobAdmin, RequestOutcomeAdmin, ScheduleRequestAdmin

__all__ = [
    "CalendarTokenAdmin",
    "DailyScheduleAdmin",
    "DepartureAliasAdmin",
    "GuideCommitmentAdmin",
    "HazardAdmin",
    "RequestJobAdmin",
    "RequestOutcomeAdmin",
    "ReservationAdmin",
    "ScheduleRequestAdmin",
    "ScheduleRevisionAdmin",
]
