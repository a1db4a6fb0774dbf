"""Addresses of the scheduling API, below /scheduling/v1/."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from scheduling.views.calendar import GuideViewSet
from scheduling.views.daily_schedules import DailyScheduleViewSet
from scheduling.views.retired import ACTIONS, RetiredScheduleViewSet
from scheduling.views.schedule_requests import ScheduleRequestViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("daily-schedules", DailyScheduleViewSet, basename="daily-schedule")
router.register("schedule-requests", ScheduleRequestViewSet, basename="schedule-request")
router.register("guides", GuideViewSet, basename="guide")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    # Without a router: none maps POST of a single resource to an action.
    path("schedules/<str:schedule_id>", RetiredScheduleViewSet.as_view(ACTIONS), name="retired-schedule"),
]

former_addresses: list[URLPattern] = [
    path("schedules/<str:schedule_id>", RetiredScheduleViewSet.as_view(ACTIONS), name="former-schedule"),
]
"""The addresses below /api/v1/, from before the API had its base path."""
