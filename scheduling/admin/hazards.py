"""Hazards in the console, and their release by a dispatcher."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from novatrek_scheduling.errors import DomainError
from novatrek_scheduling.readable import Tones, for_support
from scheduling.admin.plan_names import WithPlanNames, departure_text, guide_link, guide_names
from scheduling.admin.region_names import region_name
from scheduling.domain.words import in_words
from scheduling.hazards import release_hazard
from scheduling.models import Hazard

RELEASE_PERMISSION = "scheduling.release_hazard"
SEVERITY_TONES = Tones(low="info", medium="warning", high="danger", critical="danger")


class ForceFilter(admin.SimpleListFilter):
    """A filter by the state of a hazard."""

    title = gettext_lazy("state")
    parameter_name = "force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("in_force", capfirst(_("in force"))),
            ("expired", capfirst(_("expired"))),
            ("released", capfirst(_("released"))),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        by_state: dict[str | None, QuerySet[Any]] = {
            "in_force": queryset.filter(Q(ends_at=None) | Q(ends_at__gt=now), released_at=None),
            "expired": queryset.filter(ends_at__lte=now, released_at=None),
            "released": queryset.filter(released_at__isnull=False),
        }
        return by_state.get(self.value(), queryset)


@admin.register(Hazard)
class HazardAdmin(WithPlanNames):
    list_display = ["description", "kind", "level", "state", "closes_trails", "starts_at", "ends_at", "released_by"]
    list_filter = [ForceFilter, "kind", "severity", "closes_trails", "starts_at"]
    search_fields = ["description", "=hazard_id", "=reservation_id", "=departure_id", "trail_ids", "guide_ids"]
    search_help_text = gettext_lazy("Description, or id of the reservation, departure, trail or guide")
    ordering = ["-starts_at"]
    actions = ["release_chosen"]
    fields = [
        "description",
        "kind",
        "level",
        "state",
        "region",
        "closes_trails",
        "departure",
        "guides",
        "starts_at",
        "ends_at",
        "released_at",
        "released_by",
        "recorded_at",
        "ids",
    ]

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RELEASE_PERMISSION)

    @display(description=gettext_lazy("severity"), ordering="severity", label=SEVERITY_TONES)  # type: ignore[untyped-decorator]
    def level(self, hazard: Hazard) -> str:
        return _(in_words(hazard.severity))

    @admin.display(description=gettext_lazy("region"))
    def region(self, hazard: Hazard) -> str:
        return region_name(hazard.region_id) if hazard.region_id else ""

    @admin.display(description=gettext_lazy("departure"))
    def departure(self, hazard: Hazard) -> SafeString | str:
        return departure_text(hazard)

    @admin.display(description=gettext_lazy("guides who are held"))
    def guides(self, hazard: Hazard) -> SafeString:
        ids = [UUID(key) for key in hazard.guide_ids]
        names = guide_names(ids)
        return format_html_join(", ", "{}", ((guide_link(key, names.get(key)),) for key in ids))

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, hazard: Hazard) -> SafeString:
        known = [(_("hazard"), hazard.pk), (_("reservation"), hazard.reservation_id)]
        return for_support([*known, (_("trails"), ", ".join(hazard.trail_ids))])

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("state"), label=Tones(expired="info", released="success", **{"in force": "danger"})
    )
    def state(self, hazard: Hazard) -> str:
        if hazard.released_at:
            return _("released")
        is_over = hazard.ends_at is not None and hazard.ends_at <= timezone.now()
        return _("expired") if is_over else _("in force")

    @admin.action(description=gettext_lazy("Release"), permissions=["release"])
    def release_chosen(self, request: HttpRequest, queryset: QuerySet[Hazard]) -> None:
        for hazard in queryset.order_by("starts_at"):
            try:
                release_hazard(hazard, by=request.user.get_username())
            except DomainError as error:
                self.message_user(request, error.message, messages.WARNING)
            else:
                self.log_change(request, hazard, "Released")
                self.message_user(request, _("Released: %(hazard)s.") % {"hazard": hazard})
