"""Addresses of the scheduling API, below /scheduling/v1/."""

from django.urls import URLPattern, URLResolver, path

from scheduling.views.schedule_requests import ScheduleRequestsView, ScheduleRequestView

urlpatterns: list[URLPattern | URLResolver] = [
    path("schedule-requests", ScheduleRequestsView.as_view(), name="schedule-requests"),
    path("schedule-requests/<str:request_id>", ScheduleRequestView.as_view(), name="schedule-request"),
]
