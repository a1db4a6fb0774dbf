"""Daily schedules on the wire: the stored document as it is, with the columns beside it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_serializer
from pydantic import ValidationError
from rest_framework import serializers

from novatrek_scheduling.api import fields
from novatrek_scheduling.api.pagination import Page
from novatrek_scheduling.api.serializers import (
    PagedQuerySerializer,
    SparseSerializer,
    instant,
    refuse_reversed_dates,
)
from scheduling.daily_schedules.selectors import filters_departures
from scheduling.domain.approval_reasons import ApprovalCode
from scheduling.domain.catalog_listing import ListingState
from scheduling.domain.document import AssignmentStatus, Departure, DepartureStatus, Role
from scheduling.models import DailySchedule


class ApprovalReasonSerializer(SparseSerializer):
    """Why a team awaits a person's approval."""

    code = serializers.ChoiceField([code.value for code in ApprovalCode])
    sibling = serializers.CharField(required=False, help_text="The service that did not answer, with SIBLING_SILENT.")
    guide_id = serializers.UUIDField(
        required=False, help_text="Whose certificates were not read, or who noted something."
    )


class TeamMemberSerializer(SparseSerializer):
    """A guide on the team of a departure."""

    guide_id = serializers.UUIDField()
    guide_name = serializers.CharField(help_text="With what tells namesakes apart, such as the home region.")
    role = serializers.ChoiceField([role.value for role in Role])
    assignment_status = serializers.ChoiceField([status.value for status in AssignmentStatus])
    certifications = serializers.ListField(child=serializers.CharField(), required=False)
    pinned = serializers.BooleanField(required=False, help_text="A person decided this; the optimizer keeps it.")
    score = serializers.FloatField(required=False, min_value=0, max_value=1)
    approved_notes = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Digests of the guide's notes that the last publication approved. Absent without any.",
    )
    open_notes = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Digests of notes since then, for which the guide awaits approval again. Absent without any.",
    )
    approval_reasons = ApprovalReasonSerializer(
        many=True, required=False, help_text="Why the team awaits approval otherwise. Absent where it does not."
    )


class UnassignedReasonSerializer(SparseSerializer):
    """The reason for a departure without a team, with the excluded guides counted by the first rule against them."""

    code = serializers.CharField()
    message = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField(min_value=0), required=False)
    trail_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="The trails of which none can be used, with NO_TRAIL."
    )


class AnnouncementSerializer(SparseSerializer):
    """The last announcement of a departure to guides and guests."""

    guide_ids = serializers.ListField(child=serializers.UUIDField())
    lead_id = serializers.UUIDField(
        required=False, help_text="The one who leads. Absent in announcements from before roles were stored."
    )
    trail_id = serializers.UUIDField(required=False)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(
        required=False, help_text="Absent in announcements from before ends were stored."
    )


class CatalogListingSerializer(SparseSerializer):
    """A departure as svc-trip-catalog lists it."""

    schedule_date = serializers.DateField()
    local_time = serializers.CharField(help_text="HH:MM by the region's clocks.")
    state = serializers.ChoiceField([state.value for state in ListingState])
    trip_id = serializers.UUIDField()
    trip_name = serializers.CharField()
    activity_type = serializers.CharField()
    region_id = serializers.UUIDField()
    timezone = serializers.CharField(required=False, help_text="The region's time zone, by its IANA name.")
    duration_minutes = serializers.IntegerField(min_value=1)
    total_spots = serializers.IntegerField(min_value=0)
    language = serializers.CharField(required=False)
    read_at = serializers.DateTimeField(required=False)


class DepartureSerializer(SparseSerializer):
    """A dated run of a trip. Times carry the offset of its region; it may end on another date."""

    trip_id = serializers.UUIDField()
    trip_name = serializers.CharField()
    activity_type = serializers.CharField()
    region_id = serializers.UUIDField()
    trail_id = serializers.UUIDField(required=False)
    location_id = serializers.UUIDField(required=False)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    participants = serializers.IntegerField(min_value=0)
    capacity = serializers.IntegerField(min_value=0)
    status = serializers.ChoiceField([status.value for status in DepartureStatus])
    team = TeamMemberSerializer(many=True)
    unassigned_reason = UnassignedReasonSerializer(required=False)
    published = AnnouncementSerializer(required=False, help_text="Absent until the departure is announced.")
    reservations = serializers.DictField(
        child=serializers.IntegerField(min_value=1), help_text="Participants by reservation id."
    )
    language = serializers.CharField(required=False)
    catalog_participants = serializers.IntegerField(
        required=False, min_value=0, help_text="Seats sold, as last read from svc-trip-catalog."
    )
    moved_guests = serializers.DictField(
        child=serializers.IntegerField(min_value=1),
        required=False,
        help_text="Participants, by reservation id, whom svc-trip-catalog counts here and who go elsewhere.",
    )
    rescheduled_to = serializers.UUIDField(
        required=False, help_text="Of a cancelled departure: the one on another date that its guests were moved to."
    )
    catalog = CatalogListingSerializer(required=False, help_text="The listing that the departure is in line with.")
    catalog_change = CatalogListingSerializer(
        required=False,
        help_text="What svc-trip-catalog lists instead, where that changes what people were told: a person decides.",
    )


class AvailabilityExceptionSerializer(SparseSerializer):
    """The absence of a guide: whole dates, both included, or instants, the end excluded."""

    to = serializers.CharField(help_text="A date, or an instant.")
    reason = serializers.CharField(required=False, allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.CharField(help_text="A date, or an instant.")} | super().get_fields()


class GuideAdjustmentsSerializer(SparseSerializer):
    """The adjustments that a guide entered, which svc-guide-management alone writes."""

    availability_exceptions = AvailabilityExceptionSerializer(many=True)
    max_group_size = serializers.IntegerField(required=False, min_value=0)
    restrictions = serializers.ListField(
        child=serializers.JSONField(), help_text="Such as {kind: MAX_ALTITUDE_M, value: 1500, until: 2027-06-30}."
    )
    guide_notes = serializers.CharField(required=False)
    guide_preferences = serializers.JSONField(required=False)


class AssignmentsSerializer(SparseSerializer):
    """The document. It may have fields that are not listed here, which are kept as they are."""

    departures = serializers.DictField(child=DepartureSerializer(), help_text="By departure id.")
    guide_adjustments = serializers.DictField(child=GuideAdjustmentsSerializer(), help_text="By guide id.")


class DailyScheduleSerializer(SparseSerializer):
    """The one document for a date, all regions in it, at its revision `_rev`."""

    schedule_id = serializers.UUIDField()
    schedule_date = serializers.DateField()
    assignments = AssignmentsSerializer()
    _rev = serializers.IntegerField(min_value=1, help_text="1 + the number of writes.")
    published_at = serializers.DateTimeField(required=False, help_text="Absent until a departure is published.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    unpublished_changes = serializers.BooleanField(
        help_text="True where a departure shown here differs from its last announcement."
    )


class DailyScheduleQuerySerializer(PagedQuerySerializer):
    """The filters of the list of daily schedules."""

    date = fields.DateField(required=False, help_text="This date alone, or with `date_to` the first of a range.")
    date_to = fields.DateField(
        required=False, help_text="The last date of the range; without `date`, every date up to it."
    )
    region_id = fields.UUIDField(required=False)
    trip_id = fields.UUIDField(required=False)
    trail_id = fields.UUIDField(required=False)
    guide_id = fields.UUIDField(required=False, help_text="On the team, or in the last announcement.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_reversed_dates(attrs)
        return attrs


class DepartureUnderWaySerializer(SparseSerializer):
    """A departure of an earlier date that is still out."""

    schedule_date = serializers.DateField(help_text="The date it started on, whose daily schedule has it.")
    departure_id = serializers.UUIDField()
    departure = DepartureSerializer(help_text="The departure as its daily schedule has it.")


@extend_schema_serializer(many=False)
class DailySchedulePageSerializer(SparseSerializer):
    """A page of daily schedules."""

    daily_schedules = DailyScheduleSerializer(many=True)
    departures_under_way = DepartureUnderWaySerializer(
        many=True,
        required=False,
        help_text="On the first page of a single `date`: what started earlier and is still out on it.",
    )
    next_page_token = serializers.CharField(required=False)
    total_count = serializers.IntegerField()


def represent_page(page: Page[DailySchedule], filters: Mapping[str, Any]) -> dict[str, Any]:
    """A page of daily schedules: whole, or the departures that `filters` ask for with their guides' adjustments."""
    if not filters_departures(filters):
        return page.represented("daily_schedules", represent_schedule)
    guide_ids = [str(filters["guide_id"])] if "guide_id" in filters else None
    return page.represented("daily_schedules", partial(_represent_filtered, guide_ids=guide_ids))


def represent_under_way(schedules: Iterable[Any]) -> list[dict[str, Any]]:
    """The departures of earlier dates that `departures_under_way` found."""
    return [
        {
            "schedule_date": schedule.schedule_date.isoformat(),
            "departure_id": item["key"],
            "departure": item["value"],
        }
        for schedule in schedules
        for item in schedule.matching_departures
    ]


def represent_schedule(schedule: DailySchedule, *, departure_ids: frozenset[UUID] | None = None) -> dict[str, Any]:
    """A daily schedule as the API shows it: the stored document itself, not parsed and written again.

    With `departure_ids` only those departures, and the adjustments of the guides on them.
    """
    assignments = schedule.assignments
    if departure_ids is not None:
        keys = frozenset(map(str, departure_ids))
        departures = {key: departure for key, departure in assignments.get("departures", {}).items() if key in keys}
        assignments = {**assignments, **_part_of_document(departures, assignments.get("guide_adjustments", {}))}
    return _represent_with(schedule, assignments)


def _represent_filtered(schedule: Any, *, guide_ids: Collection[str] | None) -> dict[str, Any]:
    departures = {item["key"]: item["value"] for item in schedule.matching_departures}
    return _represent_with(schedule, _part_of_document(departures, schedule.entries or {}, guide_ids=guide_ids))


def _part_of_document(
    departures: Mapping[str, Any], guide_adjustments: Mapping[str, Any], *, guide_ids: Collection[str] | None = None
) -> dict[str, Any]:
    """Some stored departures with the adjustments of the guides on them, or of `guide_ids` instead."""
    chosen = set(_guides_of(departures.values()) if guide_ids is None else guide_ids)
    adjustments = {key: entered for key, entered in guide_adjustments.items() if key in chosen}
    return {"departures": departures, "guide_adjustments": adjustments}


def _represent_with(schedule: DailySchedule, assignments: Mapping[str, Any]) -> dict[str, Any]:
    representation: dict[str, Any] = {
        "schedule_id": str(schedule.schedule_id),
        "schedule_date": schedule.schedule_date.isoformat(),
        "assignments": assignments,
        "_rev": schedule.rev,
        "created_at": instant(schedule.created_at),
        "updated_at": instant(schedule.updated_at),
        "unpublished_changes": _has_unpublished_changes(assignments.get("departures", {})),
    }
    if schedule.published_at:
        representation["published_at"] = instant(schedule.published_at)
    return representation


def etag_of(schedule: DailySchedule) -> str:
    """The entity tag of a daily schedule at its revision."""
    return etag_of_rev(schedule.rev)


def etag_of_rev(rev: int) -> str:
    return f'"{rev}"'


def _guides_of(departures: Collection[Any]) -> Iterator[str]:
    """The guides on the teams, and those in the last announcement of a departure."""
    for departure in departures:
        with suppress(AttributeError, KeyError, TypeError):  # one that cannot be read
            yield from (member["guide_id"] for member in departure.get("team", ()))
            yield from (departure.get("published") or {}).get("guide_ids", ())


def _has_unpublished_changes(departures: Mapping[str, Any]) -> bool:
    """Apply the document's own rule, to those departures only whose stored text differs from its announcement."""
    return any(_is_unpublished(stored) for stored in departures.values())


def _is_unpublished(stored: Mapping[str, Any]) -> bool:
    try:
        return not _is_stored_as_announced(stored) and Departure.model_validate(stored).has_unpublished_changes
    except (AttributeError, KeyError, TypeError, ValidationError):
        # It cannot be read: nobody can publish it.
        return False


def _is_stored_as_announced(stored: Mapping[str, Any]) -> bool:
    announced, team = stored.get("published"), stored.get("team", ())
    if announced is None:
        return not team
    ends_at = stored["ends_at"]
    lead_id = next((member["guide_id"] for member in team if member["role"] == Role.LEAD), None)
    plan = (stored.get("trail_id"), stored["starts_at"], ends_at, [member["guide_id"] for member in team], lead_id)
    is_cancelled = stored.get("status") == DepartureStatus.CANCELLED
    published = (
        announced.get("trail_id"),
        announced["starts_at"],
        announced.get("ends_at", ends_at),
        announced["guide_ids"],
        announced.get("lead_id", lead_id),
    )
    return not is_cancelled and plan == published
