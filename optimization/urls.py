"""Addresses of the optimization API, below /scheduling/v1/."""

from django.urls import URLPattern, URLResolver, path

from optimization.views import ScheduleOptimizationView

urlpatterns: list[URLPattern | URLResolver] = [
    path("schedule-optimization", ScheduleOptimizationView.as_view(), name="schedule-optimization"),
]
