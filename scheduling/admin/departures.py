"""Reservations, guide commitments and the catalog ids of departures in the console."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from events.admin import ViewOnly
from scheduling.models import DepartureAlias, GuideCommitment, Reservation, ReservationStatus


class PlacementFilter(admin.SimpleListFilter):
    """A filter by the placement of active reservations."""

    title = "placement"
    parameter_name = "placement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("placed", "On a departure"), ("waiting", "Waiting for a departure"), ("undated", "Without a date")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        active = queryset.filter(status=ReservationStatus.ACTIVE)
        by_placement: dict[str | None, QuerySet[Any]] = {
            "placed": active.filter(departure_id__isnull=False),
            "waiting": active.filter(departure_id=None, trip_date__isnull=False),
            "undated": active.filter(trip_date=None),
        }
        return by_placement.get(self.value(), queryset)


@admin.register(Reservation)
class ReservationAdmin(ViewOnly):
    list_display = [
        "reservation_id",
        "trip_date",
        "state",
        "participant_count",
        "departure_id",
        "trip_id",
        "event_time",
    ]
    list_filter = ["status", PlacementFilter, ("trip_date", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["=reservation_id", "=departure_id", "=trip_id"]
    search_help_text = "Id of the reservation, departure or trip"
    # Whom to tell is for svc-notifications; here it would only be somebody's identity.
    exclude = ["guest_id"]
    ordering = ["-recorded_at"]

    @display(description="Status", ordering="status", label={"active": "success", "cancelled": "danger"})  # type: ignore[untyped-decorator]
    def state(self, reservation: Reservation) -> str:
        return ReservationStatus(reservation.status).label


@admin.register(GuideCommitment)
class GuideCommitmentAdmin(ViewOnly):
    list_display = ["schedule_date", "guide_id", "departure_id", "starts_at", "ends_at"]
    list_filter = [("schedule_date", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["=guide_id", "=departure_id", "=trip_id", "=trail_id"]
    search_help_text = "Id of the guide, departure, trip or trail"
    ordering = ["-schedule_date", "starts_at"]


@admin.register(DepartureAlias)
class DepartureAliasAdmin(ViewOnly):
    list_display = ["schedule_date", "departure_id", "catalog_id", "trip_id", "recorded_at"]
    list_filter = [("schedule_date", RangeDateFilter)]
    list_filter_submit = True
    search_fields = ["=departure_id", "=catalog_id", "=trip_id"]
    search_help_text = "Id of the departure, here or in the catalog, or of the trip"
    ordering = ["-recorded_at"]
