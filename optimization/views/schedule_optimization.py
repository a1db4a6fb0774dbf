"""The API's questions to the optimizer."""

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from novatrek_scheduling.api.permissions import requires
from novatrek_scheduling.api.schema import error_responses
from optimization.requests.recommendation import recommend_dates
from optimization.requests.result import result_of
from optimization.serializers.schedule_optimization import OptimizationQuerySerializer
from scheduling.serializers.schedule_requests import ScheduleOptimizationResultSerializer


class ScheduleOptimizationViewSet(ViewSet):
    """Questions to the optimizer, answered within the call."""

    permission_classes = [requires("scheduling:read", contract_operation=True)]

    @extend_schema(
        operation_id="getScheduleOptimization",
        summary="Find the best dates and teams for a trip",
        description="Answered within the call; no daily schedule is written.",
        parameters=[OptimizationQuerySerializer],
        responses={
            200: OpenApiResponse(ScheduleOptimizationResultSerializer, "The dates, best first."),
            **error_responses(400),
        },
    )
    def list(self, request: Request) -> Response:
        query = OptimizationQuerySerializer.of(request)
        recommendation = recommend_dates(
            query.trip_query(),
            deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["interactive"],
            within_seconds=settings.QUESTION_BUDGET_SECONDS,
        )
        return Response(result_of(recommendation, max_results=query.validated_data["max_results"]))
