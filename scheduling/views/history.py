"""GET /daily-schedules/{schedule_id}/history."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from novatrek_scheduling.api.permissions import requires
from novatrek_scheduling.api.schema import error_responses
from scheduling.daily_schedules.lookup import id_at
from scheduling.history.revisions import page_of_revisions
from scheduling.serializers.history import RevisionPageSerializer, RevisionQuerySerializer


class DailyScheduleHistoryView(APIView):
    permission_classes = [requires("scheduling:read")]

    @extend_schema(
        operation_id="listDailyScheduleHistory",
        summary="See what changed in a daily schedule, when and by whom",
        parameters=[
            OpenApiParameter("schedule_id", str, OpenApiParameter.PATH, description="Its id, or its ISO date."),
            RevisionQuerySerializer,
        ],
        responses={200: RevisionPageSerializer, **error_responses(400, 404)},
        tags=["daily-schedules"],
    )
    def get(self, request: Request, schedule_id: str) -> Response:
        """Every revision, the newest first, with its difference; what was written in SQL is among them."""
        query = RevisionQuerySerializer.of(request)
        revisions, following = page_of_revisions(
            id_at(schedule_id),
            query.filters,
            size=query.validated_data["page_size"],
            token=query.validated_data.get("page_token"),
        )
        return Response(RevisionPageSerializer({"revisions": revisions, "next_page_token": following}).data)
