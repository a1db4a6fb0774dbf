"""The API's door to the optimizer: a question answered while the caller waits."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from novatrek_scheduling import fields
from novatrek_scheduling.permissions import requires
from novatrek_scheduling.schema import error_responses
from novatrek_scheduling.serializers import StrictQuerySerializer
from optimization.asking import ask
from optimization.question import Question
from optimization.results import result_of
from scheduling.serializers.schedule_requests import ScheduleOptimizationResultSerializer

MAX_RANGE_DAYS = 92


class OptimizationQuerySerializer(StrictQuerySerializer):
    trip_id = fields.UUIDField()
    date_range_start = fields.DateField(help_text="Today or later.")
    date_range_end = fields.DateField(help_text=f"Not before the start, and at most {MAX_RANGE_DAYS} days in all.")
    guide_ids = fields.CommaSeparatedField(
        child=fields.UUIDField(), required=False, max_length=200, help_text="Only these guides are considered."
    )
    max_results = fields.IntegerField(min_value=1, max_value=20, default=5)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = attrs["date_range_start"], attrs["date_range_end"]
        if first < timezone.now().date():
            raise serializers.ValidationError({"date_range_start": ["Is in the past; start today or later."]})
        if last < first:
            raise serializers.ValidationError({"date_range_end": ["Must not be before date_range_start."]})
        if last - first >= timedelta(days=MAX_RANGE_DAYS):
            raise serializers.ValidationError({"date_range_end": [f"A range has at most {MAX_RANGE_DAYS} days."]})
        return attrs

    def question(self) -> Question:
        query = self.validated_data
        first, last = query["date_range_start"], query["date_range_end"]
        return Question(
            trip_id=query["trip_id"],
            days=tuple(first + timedelta(days=n) for n in range((last - first).days + 1)),
            only_guides=frozenset(query.get("guide_ids", ())),
        )


class ScheduleOptimizationView(APIView):
    permission_classes = [requires("scheduling:read", contract_operation=True)]

    @extend_schema(
        operation_id="getScheduleOptimization",
        summary="Find the best dates and teams for a trip",
        description="Answers while you wait and writes no schedule.",
        parameters=[OptimizationQuerySerializer],
        responses={
            200: OpenApiResponse(ScheduleOptimizationResultSerializer, "The dates, best first."),
            **error_responses(400),
        },
    )
    def get(self, request: Request) -> Response:
        query = OptimizationQuerySerializer.of(request)
        answer = ask(query.question(), deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["interactive"])
        return Response(result_of(answer, max_results=query.validated_data["max_results"]))
