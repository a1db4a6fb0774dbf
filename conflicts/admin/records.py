"""Resolutions and accepted risks in the console."""

from django.contrib import admin
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from conflicts.admin.conflicts import SEVERITY_TONES
from conflicts.choices import ResolutionStatus
from conflicts.models import ConflictResolution, RiskAcceptance
from events.admin import ViewOnly
from novatrek_scheduling.readable import Tones

STATUS_TONES = Tones(
    {
        ResolutionStatus.RESOLVED.label: "success",
        ResolutionStatus.PARTIALLY_RESOLVED.label: "warning",
        ResolutionStatus.FAILED.label: "danger",
    }
)


@admin.register(ConflictResolution)
class ConflictResolutionAdmin(ViewOnly):
    list_display = ["conflict", "strategy", "state", "resolved_by", "resolved_at", "notes"]
    list_filter = ["status", "strategy", ("resolved_at", RangeDateFilter)]
    list_filter_submit = True
    list_select_related = ["conflict"]
    fields = ["conflict", "strategy", "state", "resolved_by", "resolved_at", "completed_at", "is_override", "notes"]
    search_fields = ["resolved_by", "notes", "=conflict__conflict_id"]
    search_help_text = gettext_lazy("The person, the notes, or the id of the conflict")
    ordering = ["-resolved_at"]

    @display(description=gettext_lazy("status"), ordering="status", label=STATUS_TONES)  # type: ignore[untyped-decorator]
    def state(self, resolution: ConflictResolution) -> str:
        return resolution.get_status_display()


@admin.register(RiskAcceptance)
class RiskAcceptanceAdmin(ViewOnly):
    list_display = ["conflict", "level", "owner", "reason", "accepted_at", "expires_at", "ending"]
    list_filter = ["severity", "ending", ("expires_at", RangeDateFilter)]
    list_filter_submit = True
    list_select_related = ["conflict"]
    fields = ["conflict", "level", "owner", "reason", "accepted_at", "expires_at", "ended_at", "ending", "ended_by"]
    search_fields = ["owner", "reason", "=conflict__conflict_id"]
    search_help_text = gettext_lazy("The owner, the reason, or the id of the conflict")
    ordering = ["-accepted_at"]

    @display(description=gettext_lazy("severity"), ordering="severity", label=SEVERITY_TONES)  # type: ignore[untyped-decorator]
    def level(self, acceptance: RiskAcceptance) -> str:
        return acceptance.get_severity_display()
