"""Departures on the wire, as the document of their date has them."""

from rest_framework import serializers

from novatrek_scheduling.api.serializers import SparseSerializer
from scheduling.domain.approval_reasons import ApprovalCode
from scheduling.domain.catalog_listing import ListingState
from scheduling.domain.document import AssignmentStatus, DepartureStatus, Role


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
