"""Addresses of the conflicts API, below /scheduling/v1/."""

from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from conflicts.live_departures import LiveDepartureViewSet
from conflicts.views import ScheduleConflictViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("schedule-conflicts", ScheduleConflictViewSet, basename="schedule-conflict")
router.register("departures/live", LiveDepartureViewSet, basename="live-departure")

urlpatterns: list[URLPattern | URLResolver] = [*router.urls]
