"""Addresses of the scheduling API, below /scheduling/v1/."""

from django.urls import URLPattern, URLResolver, path

from scheduling.views.calendar import GuideCalendarView
from scheduling.views.daily_schedule import DailyScheduleView
from scheduling.views.daily_schedules import DailySchedulesView
from scheduling.views.history import DailyScheduleHistoryView
from scheduling.views.publishing import PublicationView
from scheduling.views.retired import RetiredScheduleView
from scheduling.views.schedule_requests import ScheduleRequestsView, ScheduleRequestView

urlpatterns: list[URLPattern | URLResolver] = [
    path("daily-schedules", DailySchedulesView.as_view(), name="daily-schedules"),
    path("daily-schedules/<str:schedule_id>", DailyScheduleView.as_view(), name="daily-schedule"),
    path("daily-schedules/<str:schedule_id>/publish", PublicationView.as_view(), name="publication"),
    path(
        "daily-schedules/<str:schedule_id>/history",
        DailyScheduleHistoryView.as_view(),
        name="daily-schedule-history",
    ),
    path("schedules/<str:schedule_id>", RetiredScheduleView.as_view(), name="retired-schedule"),
    path("schedule-requests", ScheduleRequestsView.as_view(), name="schedule-requests"),
    path("schedule-requests/<str:request_id>", ScheduleRequestView.as_view(), name="schedule-request"),
    path("guides/<str:guide_id>/calendar.ics", GuideCalendarView.as_view(), name="guide-calendar"),
]
