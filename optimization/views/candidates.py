"""The API's door to the guides of one departure."""

from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from novatrek_scheduling.api.permissions import requires
from novatrek_scheduling.api.schema import error_responses
from optimization.candidates.ranking import list_candidates
from optimization.explanations.services import explain_as_it_stands
from optimization.serializers.candidates import (
    CandidatesQuerySerializer,
    DepartureCandidatesSerializer,
    shown_candidates,
)
from scheduling.daily_schedules.lookup import schedule_at
from scheduling.errors import UnknownDeparture
from scheduling.views.daily_schedules import ADDRESS


class DepartureCandidatesView(APIView):
    permission_classes = [requires("scheduling:read")]

    @extend_schema(
        operation_id="listDepartureCandidates",
        summary="Rank the guides for a departure",
        description=(
            "Every guide, on what the siblings say now: those who could go by score, with its parts, then those ruled "
            "out, each with the first rule. What else a guide is committed to counts, the departure itself does not. "
            "With `explain=true` the region is planned anew, without writing anything, and everybody is told what "
            "taking them would cost against that plan; a departure without a team, what would be enough to have one."
        ),
        parameters=[
            ADDRESS,
            OpenApiParameter("departure_id", UUID, OpenApiParameter.PATH),
            CandidatesQuerySerializer,
        ],
        responses={200: OpenApiResponse(DepartureCandidatesSerializer, "Every guide."), **error_responses(400, 404)},
        tags=["daily-schedules"],
    )
    def get(self, request: Request, schedule_id: str, departure_id: str) -> Response:
        schedule, wanted = schedule_at(schedule_id), _id_in(departure_id)
        query = CandidatesQuerySerializer.of(request)
        listed = list_candidates(schedule, wanted, deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["interactive"])
        told = None
        if query.validated_data["explain"]:
            told = explain_as_it_stands(schedule, wanted)
        return Response(shown_candidates(schedule, wanted, listed, told))


def _id_in(departure_id: str) -> UUID:
    try:
        return UUID(departure_id)
    except ValueError as error:
        raise UnknownDeparture(f"There is no departure {departure_id}.") from error
