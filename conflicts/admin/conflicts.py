"""Conflicts in the console: what is wrong, its history, resolving it, and withdrawing an acceptance."""

from datetime import date, datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from conflicts.admin.filters import SeverityFilter, StateFilter
from conflicts.admin.many import MOST_AT_ONCE, plan_context
from conflicts.choices import CAUSE_LABELS, SEVERITY_LABELS
from conflicts.detection import Cause
from conflicts.history.sentences import describe
from conflicts.models import SEVERITY_RANK, ConflictEvent, ScheduleConflict
from conflicts.options import options_in
from events.admin import ViewOnly
from novatrek_scheduling.readable import Tones
from scheduling.admin.formatting import departures_table, table
from scheduling.admin.region_names import region_name
from scheduling.daily_schedules.dated_departures import departures_named

RESOLVE = "conflicts.resolve_scheduleconflict"
MOST_EVENTS = 100
SEVERITY_TONES = Tones(low="info", medium="warning", high="danger", critical="danger")
STATE_TONES = Tones(open="warning", resolved="success", **{"risk accepted": "info"})


@admin.register(ScheduleConflict)
class ScheduleConflictAdmin(ViewOnly):
    list_display = ["description", "level", "conflict_type", "conflict_date", "region", "age", "state"]
    list_filter = [StateFilter, SeverityFilter, "conflict_type", ("schedule__schedule_date", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["=conflict_id", "details"]
    search_help_text = gettext_lazy("Text of the description, or the id of a guide, a trip, a trail or a departure")
    ordering = ["resolved", SEVERITY_RANK.desc(), "detected_at"]
    fields = [
        "description",
        "level",
        "state",
        "cause",
        "conflict_date",
        "region",
        "detected_at",
        "departures",
        "options",
        "history",
    ]
    actions = ["resolve_many"]
    actions_detail = ["resolve"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        conflicts: QuerySet[Any] = super().get_queryset(request)
        return conflicts.prefetch_related("acceptances")

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RESOLVE)

    @admin.display(description=gettext_lazy("conflict"))
    def description(self, conflict: ScheduleConflict) -> str:
        return str(conflict.details.get("description", ""))

    @display(description=gettext_lazy("severity"), ordering=SEVERITY_RANK, label=SEVERITY_TONES)  # type: ignore[untyped-decorator]
    def level(self, conflict: ScheduleConflict) -> str:
        return _(SEVERITY_LABELS[conflict.severity])

    @display(description=gettext_lazy("state"), ordering="resolved", label=STATE_TONES)  # type: ignore[untyped-decorator]
    def state(self, conflict: ScheduleConflict) -> str:
        if not conflict.resolved:
            return _("open")
        now = timezone.now()
        is_accepted = any(acceptance.is_in_force(now) for acceptance in conflict.acceptances.all())
        return _("risk accepted") if is_accepted else _("resolved")

    @admin.display(description=gettext_lazy("cause"))
    def cause(self, conflict: ScheduleConflict) -> str:
        read_at = conflict.details["evidence"]["read_at"]
        evidence = ", ".join(f"{source} ({_localized(time)})" for source, time in sorted(read_at.items()))
        facts = {"cause": _(CAUSE_LABELS[Cause(conflict.details["cause"])]), "evidence": evidence}
        return _("%(cause)s; read from %(evidence)s") % facts

    @admin.display(description=gettext_lazy("date"))
    def conflict_date(self, conflict: ScheduleConflict) -> str:
        return localize(date.fromisoformat(conflict.details["conflict_date"]))

    @admin.display(description=gettext_lazy("region"))
    def region(self, conflict: ScheduleConflict) -> str:
        return region_name(conflict.details["region_id"]) if "region_id" in conflict.details else ""

    @admin.display(description=gettext_lazy("age"), ordering="-detected_at")
    def age(self, conflict: ScheduleConflict) -> str:
        return timesince(conflict.detected_at)

    @admin.display(description=gettext_lazy("departures"))
    def departures(self, conflict: ScheduleConflict) -> SafeString:
        return departures_table(departures_named(conflict.day, conflict.departure_ids).values())

    @admin.display(description=gettext_lazy("options"))
    def options(self, conflict: ScheduleConflict) -> SafeString:
        rows = [(option.description, option.impact_assessment) for option in options_in(conflict.details)]
        return table((_("Option"), _("Impact")), rows)

    @admin.display(description=gettext_lazy("history"))
    def history(self, conflict: ScheduleConflict) -> SafeString:
        events = ConflictEvent.objects.filter(fingerprint=conflict.details["fingerprint"]).order_by("-id")
        rows = [
            (
                _local(event.occurred_at),
                event.get_kind_display(),
                event.by or _("system"),
                describe(event),
            )
            for event in events[:MOST_EVENTS]
        ]
        return table((_("Time"), _("Event"), _("By"), _("What")), rows)

    @action(
        description=gettext_lazy("Review"),
        url_path="resolve",
        icon="task_alt",
        variant=ActionVariant.PRIMARY,
    )  # type: ignore[untyped-decorator]
    def resolve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the review, where the conflict is resolved and an accepted risk is withdrawn."""
        return redirect(reverse("console:review", args=[get_object_or_404(ScheduleConflict, pk=object_id).pk]))

    @admin.action(description=gettext_lazy("Resolve with the best option of each"), permissions=["resolve"])
    def resolve_many(self, request: HttpRequest, queryset: QuerySet[ScheduleConflict]) -> HttpResponse | None:
        """Show what would be done about the selected conflicts, one after the other."""
        selected = list(queryset.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(selected) > MOST_AT_ONCE:
            self.message_user(request, _("Choose at most %d conflicts.") % MOST_AT_ONCE, messages.WARNING)
            return None
        context = self.admin_site.each_context(request) | plan_context(selected) | {"opts": self.opts}
        return render(request, "admin/console/review/plan.html", context)


def _localized(timestamp: str) -> str:
    return _local(datetime.fromisoformat(timestamp))


def _local(instant: datetime) -> str:
    return str(localize(timezone.localtime(instant)))
