"""Addresses of the optimization API, below /scheduling/v1/."""

from django.urls import URLPattern, URLResolver, path

from optimization.views.candidates import DepartureCandidatesView
from optimization.views.schedule_optimization import ScheduleOptimizationView

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "daily-schedules/<str:schedule_id>/departures/<str:departure_id>/candidates",
        DepartureCandidatesView.as_view(),
        name="departure-candidates",
    ),
    path("schedule-optimization", ScheduleOptimizationView.as_view(), name="schedule-optimization"),
]
