"""Hazards in the console, and their release by a dispatcher."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from events.admin import ViewOnly
from novatrek_scheduling.errors import DomainError
from scheduling.hazards import release_hazard
from scheduling.models import Hazard

RELEASE_PERMISSION = "scheduling.release_hazard"
SEVERITY_LABELS = {"LOW": "info", "MEDIUM": "warning", "HIGH": "danger", "CRITICAL": "danger"}


class ForceFilter(admin.SimpleListFilter):
    """A filter by the state of a hazard."""

    title = "state"
    parameter_name = "force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("in_force", "In force"), ("expired", "Expired"), ("released", "Released")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        by_state: dict[str | None, QuerySet[Any]] = {
            "in_force": queryset.filter(Q(ends_at=None) | Q(ends_at__gt=now), released_at=None),
            "expired": queryset.filter(ends_at__lte=now, released_at=None),
            "released": queryset.filter(released_at__isnull=False),
        }
        return by_state.get(self.value(), queryset)


@admin.register(Hazard)
class HazardAdmin(ViewOnly):
    list_display = ["description", "kind", "level", "state", "closes_trails", "starts_at", "ends_at", "released_by"]
    list_filter = [ForceFilter, "kind", "severity", "closes_trails", "starts_at"]
    search_fields = ["description", "=hazard_id", "=reservation_id", "=departure_id", "trail_ids", "guide_ids"]
    search_help_text = "Description, or id of the reservation, departure, trail or guide"
    ordering = ["-starts_at"]
    actions = ["release_chosen"]

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RELEASE_PERMISSION)

    @display(description="Severity", ordering="severity", label=SEVERITY_LABELS)  # type: ignore[untyped-decorator]
    def level(self, hazard: Hazard) -> str:
        return hazard.severity

    @display(description="State", label={"in force": "danger", "expired": "info", "released": "success"})  # type: ignore[untyped-decorator]
    def state(self, hazard: Hazard) -> str:
        if hazard.released_at:
            return "released"
        is_over = hazard.ends_at is not None and hazard.ends_at <= timezone.now()
        return "expired" if is_over else "in force"

    @admin.action(description="Release", permissions=["release"])
    def release_chosen(self, request: HttpRequest, queryset: QuerySet[Hazard]) -> None:
        for hazard in queryset.order_by("starts_at"):
            try:
                release_hazard(hazard, by=request.user.get_username())
            except DomainError as error:
                self.message_user(request, error.message, messages.WARNING)
            else:
                self.log_change(request, hazard, "Released")
                self.message_user(request, f"Released: {hazard}.")
