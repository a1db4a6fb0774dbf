"""Schedule requests on the wire, in the contract's names."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from novatrek_scheduling.api import fields
from novatrek_scheduling.api.serializers import (
    PagedQuerySerializer,
    SparseSerializer,
    StatelessSerializer,
    instant,
    refuse_reversed_dates,
)
from scheduling.domain.document import DepartureStatus, Role
from scheduling.models import Priority, RequestStatus, ScheduleRequest
from scheduling.requests.answers import is_another_answer
from scheduling.requests.selectors import ShownRequest
from scheduling.requests.submission import Submission
from scheduling.serializers import examples

MAX_DATES = 30
MAX_GROUP = 200
MAX_LIST = 200
ACCESSIBILITY = ["WHEELCHAIR_ACCESSIBLE", "LOW_ALTITUDE", "FAMILY_FRIENDLY", "NO_WATER_CROSSINGS"]


class ScheduleConstraintsSerializer(serializers.Serializer[Any]):
    """The constraints on the team and the date. Other fields are ignored."""

    required_guide_ids = serializers.ListField(child=fields.UUIDField(), required=False, max_length=MAX_LIST)
    excluded_guide_ids = serializers.ListField(child=fields.UUIDField(), required=False, max_length=MAX_LIST)
    min_group_size = fields.IntegerField(required=False, min_value=1, max_value=MAX_GROUP)
    max_group_size = fields.IntegerField(required=False, min_value=1, max_value=MAX_GROUP)
    require_good_weather = fields.BooleanField(default=True)
    preferred_trail_ids = serializers.ListField(child=fields.UUIDField(), required=False, max_length=MAX_LIST)
    accessibility_requirements = serializers.ListField(
        child=fields.ChoiceField(ACCESSIBILITY), required=False, max_length=len(ACCESSIBILITY)
    )


@extend_schema_serializer(examples=[examples.OF_BODY])
class CreateScheduleRequestBodySerializer(StatelessSerializer):
    """A client's request for a trip on one of up to 30 dates. Other fields are ignored."""

    trip_id = fields.UUIDField()
    preferred_dates = serializers.ListField(child=fields.DateField(), min_length=1, max_length=MAX_DATES)
    constraints = ScheduleConstraintsSerializer(required=False)
    priority = fields.ChoiceField(Priority.values, default=Priority.NORMAL.value)
    callback_url = fields.URLField(required=False, max_length=2000)

    def validate_preferred_dates(self, days: list[Any]) -> list[Any]:
        repeated = sorted({day.isoformat() for day in days if days.count(day) > 1})
        if repeated:
            raise serializers.ValidationError(f"Name each date once; {', '.join(repeated)} is repeated.")
        return days

    def submission(self) -> Submission:
        """The validated body, as the service takes it."""
        body = self.validated_data
        sent = ScheduleConstraintsSerializer(body.get("constraints", {})).data if "constraints" in body else {}
        return Submission(
            trip_id=body["trip_id"],
            preferred_dates=tuple(body["preferred_dates"]),
            sent_constraints={name: value for name, value in sent.items() if value is not None},
            priority=Priority(body["priority"]),
            callback_url=body.get("callback_url"),
        )


class RecommendedDateSerializer(SparseSerializer):
    """A preferred date with its score and availability."""

    date = serializers.DateField()
    score = serializers.FloatField(min_value=0, max_value=100)
    availability_status = serializers.ChoiceField(["AVAILABLE", "LIMITED", "WAITLIST", "UNAVAILABLE"])
    trail_condition = serializers.ChoiceField(["EXCELLENT", "GOOD", "FAIR", "POOR", "CLOSED"], required=False)
    weather_outlook = serializers.ChoiceField(
        ["CLEAR", "PARTLY_CLOUDY", "OVERCAST", "RAIN_LIKELY", "STORM_WARNING"], required=False
    )
    notes = serializers.CharField(required=False)
    departure_id = serializers.UUIDField(
        required=False, help_text="The departure that would be taken; a new one is in no daily schedule before it is."
    )
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False)
    region_id = serializers.UUIDField(required=False)
    trail_id = serializers.UUIDField(required=False)


class GuideAssignmentSerializer(SparseSerializer):
    """A guide who would be, or is, assigned on a date."""

    guide_id = serializers.UUIDField()
    guide_name = serializers.CharField(required=False)
    date = serializers.DateField()
    assignment_status = serializers.ChoiceField(["CONFIRMED", "TENTATIVE", "PENDING_APPROVAL"])
    certifications = serializers.ListField(child=serializers.CharField(), required=False)
    departure_id = serializers.UUIDField(required=False)
    role = serializers.ChoiceField([role.value for role in Role], required=False)


class ConflictWarningSerializer(SparseSerializer):
    """A risk or unknown fact that a person should know of."""

    type = serializers.ChoiceField(["GUIDE_DOUBLE_BOOKED", "TRAIL_CLOSED", "WEATHER_ALERT", "CAPACITY_EXCEEDED"])
    severity = serializers.ChoiceField(["LOW", "MEDIUM", "HIGH", "CRITICAL"])
    message = serializers.CharField()
    affected_date = serializers.DateField(required=False)
    affected_resource_id = serializers.UUIDField(required=False)
    source_service = serializers.CharField(required=False)


class WeatherSummarySerializer(SparseSerializer):
    """The weather forecast for the recommended dates."""

    data_source = serializers.CharField(default="svc-weather")
    forecast_confidence = serializers.FloatField(required=False)
    conditions = serializers.CharField(required=False)


class AnsweredDepartureSerializer(SparseSerializer):
    """The departure that serves a completed request; one that is in no daily schedule any more counts as cancelled."""

    departure_id = serializers.UUIDField()
    date = serializers.DateField()
    status = serializers.ChoiceField([status.value for status in DepartureStatus])
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False)
    region_id = serializers.UUIDField(required=False)
    trail_id = serializers.UUIDField(required=False)


@extend_schema_serializer(many=False, examples=[examples.OF_RESULT])
class ScheduleOptimizationResultSerializer(SparseSerializer):
    """The recommended dates, best first, with the guides who would lead and the warnings."""

    recommended_dates = RecommendedDateSerializer(many=True)
    guide_assignments = GuideAssignmentSerializer(many=True)
    conflict_warnings = ConflictWarningSerializer(many=True)
    optimization_score = serializers.FloatField(required=False, min_value=0, max_value=100)
    weather_summary = WeatherSummarySerializer(required=False)
    facts_read_at = serializers.DateTimeField(
        required=False, help_text="When the oldest of the facts was read from its service."
    )
    departure = AnsweredDepartureSerializer(
        required=False, help_text="Of a request: the departure that was planned for it. Absent where no date could be."
    )


class RequestErrorSerializer(SparseSerializer):
    """The reason for the failure of a request."""

    code = serializers.CharField()
    message = serializers.CharField()


@extend_schema_serializer(many=False, examples=[examples.OF_ACCEPTED, examples.OF_COMPLETED])
class ScheduleRequestSerializer(SparseSerializer):
    """A schedule request and, once it has been processed, its outcome."""

    id = serializers.UUIDField()
    trip_id = serializers.UUIDField()
    preferred_dates = serializers.ListField(child=serializers.DateField(), min_length=1)
    constraints = ScheduleConstraintsSerializer(required=False)
    priority = serializers.ChoiceField(Priority.values, required=False)
    status = serializers.ChoiceField(RequestStatus.values)
    result = ScheduleOptimizationResultSerializer(
        required=False, help_text="The answer as it is now: the departure's present date, times, trail and team."
    )
    original_result = ScheduleOptimizationResultSerializer(
        required=False, help_text="The answer as it was given; absent while it is the same."
    )
    error = RequestErrorSerializer(required=False)
    created_at = serializers.DateTimeField(required=False)
    completed_at = serializers.DateTimeField(required=False, allow_null=True)


@extend_schema_serializer(many=False)
class ScheduleRequestPageSerializer(SparseSerializer):
    """A page of schedule requests, the newest first."""

    schedule_requests = ScheduleRequestSerializer(many=True)
    next_page_token = serializers.CharField(required=False)
    total_count = serializers.IntegerField()


class ScheduleRequestQuerySerializer(PagedQuerySerializer):
    """The filters of the list of schedule requests."""

    status = fields.ChoiceField(RequestStatus.values, required=False)
    date = fields.DateField(
        required=False,
        help_text="The earliest preferred date, or the chosen one; with `date_to` the first of a range.",
    )
    date_to = fields.DateField(
        required=False, help_text="The last date of the range; without `date`, every date up to it."
    )
    trip_id = fields.UUIDField(required=False)
    requested_by = fields.CharField(required=False, max_length=100, help_text="The subject of the client's token.")
    priority = fields.ChoiceField(Priority.values, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_reversed_dates(attrs)
        return attrs


_BESIDE_CONSTRAINTS = {"trip_id", "preferred_dates", "priority", "callback_url"}


def represent_accepted(request: ScheduleRequest) -> dict[str, Any]:
    """A request as in the response to its submission, also when that is repeated."""
    as_accepted = ShownRequest(str(request.pk), request.created_at, RequestStatus.PENDING.value, request.constraints)
    return represent_request(as_accepted)


def represent_request(request: ShownRequest) -> dict[str, Any]:
    """A request as the API shows it, with its result as it is now where that is known."""
    stored = request.constraints
    constraints = {name: value for name, value in stored.items() if name not in _BESIDE_CONSTRAINTS}
    representation: dict[str, Any] = {
        "id": request.request_id,
        "trip_id": stored["trip_id"],
        "preferred_dates": stored["preferred_dates"],
        "priority": stored["priority"],
        "status": request.status,
        "created_at": instant(request.created_at),
        "completed_at": request.completed_at and instant(request.completed_at),
    }
    if constraints:
        representation["constraints"] = constraints
    return representation | _represent_outcome(request)


def _represent_outcome(request: ShownRequest) -> dict[str, Any]:
    representation: dict[str, Any] = {}
    if request.result is not None:
        representation["result"] = request.current_result or request.result
        if request.current_result and is_another_answer(request.result, request.current_result):
            representation["original_result"] = request.result
    if request.error_code:
        representation["error"] = {"code": request.error_code, "message": request.error_message}
    return representation
