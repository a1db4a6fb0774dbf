"""Reservations, guide commitments and the catalog's ids of departures in the console."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from novatrek_scheduling.readable import Tones, for_support
from scheduling.admin.plan_names import WithPlanNames, departure_text, guide_link, trip_text
from scheduling.models import DepartureAlias, GuideCommitment, Reservation, ReservationStatus


class PlacementFilter(admin.SimpleListFilter):
    """A filter by the placement of active reservations."""

    title = gettext_lazy("placement")
    parameter_name = "placement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("placed", capfirst(_("on a departure"))),
            ("waiting", capfirst(_("waiting for a departure"))),
            ("undated", capfirst(_("without a date"))),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        active = queryset.filter(status=ReservationStatus.ACTIVE)
        by_placement: dict[str | None, QuerySet[Any]] = {
            "placed": active.filter(departure_id__isnull=False),
            "waiting": active.filter(departure_id=None, trip_date__isnull=False),
            "undated": active.filter(trip_date=None),
        }
        return by_placement.get(self.value(), queryset)


@admin.register(Reservation)
class ReservationAdmin(WithPlanNames):
    list_display = [
        "trip_date",
        "state",
        "participant_count",
        "departure",
        "event_time",
    ]
    list_display_links = ["trip_date", "state"]
    list_filter = ["status", PlacementFilter, ("trip_date", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["=reservation_id", "=departure_id", "=trip_id"]
    search_help_text = gettext_lazy("Id of the reservation, departure or trip")
    # Whom to tell, `guest_id`, is for svc-notifications; here it would only be somebody's identity.
    fields = [
        "trip",
        "trip_date",
        "departure",
        "participant_count",
        "state",
        "unplaced_reason",
        "tries",
        "try_again_at",
        "booked_at",
        "event_time",
        "recorded_at",
        "ids",
    ]
    ordering = ["-recorded_at"]

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("status"), ordering="status", label=Tones(active="success", cancelled="danger")
    )
    def state(self, reservation: Reservation) -> str:
        return _(ReservationStatus(reservation.status).label)

    @admin.display(description=gettext_lazy("departure"))
    def departure(self, reservation: Reservation) -> SafeString | str:
        return departure_text(reservation)

    @admin.display(description=gettext_lazy("trip"))
    def trip(self, reservation: Reservation) -> str:
        return trip_text(reservation.trip_id)

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, reservation: Reservation) -> SafeString:
        known = [(_("reservation"), reservation.pk), (_("trip"), reservation.trip_id)]
        return for_support([*known, (_("departure"), reservation.departure_id)])


@admin.register(GuideCommitment)
class GuideCommitmentAdmin(WithPlanNames):
    list_display = ["schedule_date", "guide", "departure", "times"]
    list_filter = [("schedule_date", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["=guide_id", "=departure_id", "=trip_id", "=trail_id"]
    search_help_text = gettext_lazy("Id of the guide, departure, trip or trail")
    ordering = ["-schedule_date", "starts_at"]
    fields = ["schedule_date", "guide", "departure", "times", "ids"]

    @admin.display(description=gettext_lazy("guide"))
    def guide(self, commitment: GuideCommitment) -> SafeString:
        named = commitment.named  # type: ignore[attr-defined]
        return guide_link(commitment.guide_id, named.guides.get(commitment.guide_id) if named else None)

    @admin.display(description=gettext_lazy("departure"))
    def departure(self, commitment: GuideCommitment) -> SafeString | str:
        return departure_text(commitment)

    @admin.display(description=gettext_lazy("local time"))
    def times(self, commitment: GuideCommitment) -> str:
        named = commitment.named  # type: ignore[attr-defined]
        moments = (commitment.starts_at, commitment.ends_at)
        start, end = (named.local(moment) if named else f"{moment:%Y-%m-%d %H:%M} UTC" for moment in moments)
        return _("%(start)s to %(end)s") % {"start": start, "end": end}

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, commitment: GuideCommitment) -> SafeString:
        known = [(_("guide"), commitment.guide_id), (_("departure"), commitment.departure_id)]
        return for_support([*known, (_("trip"), commitment.trip_id), (_("trail"), commitment.trail_id)])


@admin.register(DepartureAlias)
class DepartureAliasAdmin(WithPlanNames):
    list_display = ["schedule_date", "departure", "recorded_at"]
    list_filter = [("schedule_date", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["=departure_id", "=catalog_id", "=trip_id"]
    search_help_text = gettext_lazy("Id of the departure, here or in the catalog, or of the trip")
    ordering = ["-recorded_at"]
    fields = ["schedule_date", "departure", "recorded_at", "ids"]

    @admin.display(description=gettext_lazy("departure"))
    def departure(self, alias: DepartureAlias) -> SafeString | str:
        return departure_text(alias)

    @admin.display(description=gettext_lazy("ids"))
    def ids(self, alias: DepartureAlias) -> SafeString:
        known = [(_("departure"), alias.departure_id), (_("in the catalog"), alias.catalog_id)]
        return for_support([*known, (_("trip"), alias.trip_id)])
