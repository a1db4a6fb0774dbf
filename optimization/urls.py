"""Addresses of the optimization API, below /scheduling/v1/."""

from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from optimization.views.candidates import DepartureViewSet
from optimization.views.fragility import FragilityViewSet
from optimization.views.schedule_optimization import ScheduleOptimizationViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("daily-schedules/<str:schedule_id>/departures", DepartureViewSet, basename="departure")
router.register("daily-schedules/<str:schedule_id>", FragilityViewSet, basename="daily-schedule")
router.register("schedule-optimization", ScheduleOptimizationViewSet, basename="schedule-optimization")

urlpatterns: list[URLPattern | URLResolver] = [*router.urls]
