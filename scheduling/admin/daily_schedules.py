"""Daily schedules in the console."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from events.admin import ViewOnly
from novatrek_scheduling.readable import Tones, for_support
from scheduling import hooks
from scheduling.admin.formatting import team_words
from scheduling.admin.optimizing_banner import banner_context
from scheduling.admin.plan_by_region import plan_by_region
from scheduling.admin.plan_names import link
from scheduling.daily_schedules.selectors import departures_under_way
from scheduling.domain.document import Departure
from scheduling.models import DailySchedule

PUBLISH_PERMISSION = "scheduling.publish_dailyschedule"


def _under_way(day: date) -> Iterator[str]:
    """Yield the parties that started on an earlier date and are still out, in words."""
    for schedule in departures_under_way(day, {}):
        for item in schedule.matching_departures:  # type: ignore[attr-defined]
            departure = Departure.model_validate(item["value"])
            team = team_words(departure.team)
            since = date_format(departure.starts_at, "DATETIME_FORMAT")
            facts = {"trip": departure.trip_name, "since": since, "team": team}
            yield _("%(trip)s, out since %(since)s: %(team)s") % facts


@admin.register(DailySchedule)
class DailyScheduleAdmin(ViewOnly):
    list_display = ["schedule_date", "rev", "staffing", "to_publish", "published_at", "updated_at"]
    list_filter = [("schedule_date", RangeDateFilter), ("published_at", RangeDateFilter)]
    list_filter_submit = True
    date_hierarchy = "schedule_date"
    # Not in the whole document: it would tell of words in what guides entered.
    search_fields = ["schedule_date", "=schedule_id", "assignments__departures"]
    search_help_text = gettext_lazy("Date, or any text in the plan, such as a guide, a trip or an id")
    ordering = ["-schedule_date"]
    list_per_page = 20
    fields = ["schedule_date", "rev", "published_at", "updated_at", "history", "ids"]
    change_form_outer_before_template = "admin/scheduling/dailyschedule/plan.html"
    actions_detail = ["publish"]

    def has_publish_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(PUBLISH_PERMISSION)

    @admin.display(description=gettext_lazy("staffed"))
    def staffing(self, schedule: DailySchedule) -> str:
        departures = schedule.document.departures.values()
        facts = {"staffed": sum(bool(departure.team) for departure in departures), "all": len(departures)}
        return _("%(staffed)d of %(all)d") % facts

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("to publish"), label=Tones(changes="warning", **{"up to date": "success"})
    )
    def to_publish(self, schedule: DailySchedule) -> str:
        return _("changes") if schedule.document.has_unpublished_changes() else _("up to date")

    @admin.display(description=gettext_lazy("history"))
    def history(self, schedule: DailySchedule) -> SafeString:
        query = urlencode({"schedule_id__exact": str(schedule.pk)})
        address = f"{reverse('admin:scheduling_schedulerevision_changelist')}?{query}"
        return link(address, _("Changes and authors"))

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, schedule: DailySchedule) -> SafeString:
        return for_support([(_("daily schedule"), schedule.pk)])

    def get_urls(self) -> list[URLPattern]:
        banner = self.admin_site.admin_view(self.being_optimized)
        urls = [path("<uuid:object_id>/being-optimized/", banner, name="scheduling_dailyschedule_being_optimized")]
        return [*urls, *super().get_urls()]

    def being_optimized(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Render the banner alone, which open pages of a date poll."""
        schedule = get_object_or_404(DailySchedule, pk=object_id)
        if not self.has_view_permission(request, schedule):
            raise PermissionDenied
        return render(request, "admin/scheduling/dailyschedule/being_optimized.html", banner_context(schedule))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: DailySchedule | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj:
            document = obj.document
            risks = [risk for found in hooks.accepted_risks(obj.schedule_date) for risk in found]
            context |= {"plan": plan_by_region(document, risks), "unreadable": sorted(document.unreadable_departures)}
            context |= {"under_way": list(_under_way(obj.schedule_date))}
            context |= banner_context(obj)
        response: HttpResponse = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        return response

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Publish"),
        url_path="publish",
        icon="campaign",
        variant=ActionVariant.PRIMARY,
        permissions=["publish"],
    )
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the page that previews and publishes."""
        schedule = get_object_or_404(DailySchedule, pk=object_id)
        return redirect("console:publish", schedule.schedule_date)
