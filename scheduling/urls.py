"""Addresses of the scheduling API, below /scheduling/v1/."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from scheduling.views.calendar import GuideViewSet
from scheduling.views.daily_schedules import DailyScheduleViewSet
from scheduling.views.retired import METHODS, RetiredScheduleViewSet
from scheduling.views.schedule_requests import ScheduleRequestViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("daily-schedules", DailyScheduleViewSet, basename="daily-schedule")
router.register("schedule-requests", ScheduleRequestViewSet, basename="schedule-request")
router.register("guides", GuideViewSet, basename="guide")

# Without a router: none maps POST or OPTIONS of a single resource to an action.
retired = RetiredScheduleViewSet.as_view(dict.fromkeys([*METHODS, "head", "options"], "refuse"))

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("schedules/<str:schedule_id>", retired, name="retired-schedule"),
]
