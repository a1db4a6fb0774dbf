"""The tables of this app in the console: read-only, changed only through the services that the API calls."""

from scheduling.admin.calendar_tokens import CalendarTokenAdmin
from scheduling.admin.daily_schedules import DailyScheduleAdmin
from scheduling.admin.departures import DepartureAliasAdmin, GuideCommitmentAdmin, ReservationAdmin
from scheduling.admin.hazards import HazardAdmin
from scheduling.admin.history import ScheduleRevisionAdmin
from scheduling.admin.requests import RequestJobAdmin, RequestOutcomeAdmin, ScheduleRequestAdmin
from scheduling.admin.sibling_answers import LastGoodAnswerAdmin

__all__ = [
    "CalendarTokenAdmin",
    "DailyScheduleAdmin",
    "DepartureAliasAdmin",
    "GuideCommitmentAdmin",
    "HazardAdmin",
    "LastGoodAnswerAdmin",
    "RequestJobAdmin",
    "RequestOutcomeAdmin",
    "ReservationAdmin",
    "ScheduleRequestAdmin",
    "ScheduleRevisionAdmin",
]
