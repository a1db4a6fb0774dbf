"""The API's operations on one departure of a daily schedule."""

from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from novatrek_scheduling.api.permissions import requires
from novatrek_scheduling.api.schema import error_responses
from optimization.candidates.ranking import list_candidates
from optimization.explanations.services import explain_as_it_stands
from optimization.serializers.candidates import (
    CandidatesQuerySerializer,
    DepartureCandidatesSerializer,
    represent_candidates,
)
from scheduling.daily_schedules.lookup import schedule_at
from scheduling.errors import UnknownDeparture
from scheduling.views.documentation import SCHEDULE_ID


class DepartureViewSet(ViewSet):
    """The departures of a daily schedule, below its address.

    A viewset of its own, not an action of `scheduling`'s DailyScheduleViewSet: the ranking belongs to this app,
    which imports `scheduling` and not the other way round.
    """

    lookup_url_kwarg = "departure_id"
    permission_classes = [requires("scheduling:read")]

    @extend_schema(
        operation_id="listDepartureCandidates",
        summary="Rank the guides for a departure",
        description=(
            "Every guide, by the siblings' current facts: eligible guides by score, with the parts of the score, then "
            "the excluded ones, each with the first rule against them. Other commitments of a guide count, the "
            "departure itself does not. With `explain=true` the region is optimized anew without writing anything; "
            "each guide then has the cost of assigning them against that plan, and a departure without a team has "
            "the remedies of which each would be enough to staff it."
        ),
        parameters=[
            SCHEDULE_ID,
            OpenApiParameter("departure_id", UUID, OpenApiParameter.PATH),
            CandidatesQuerySerializer,
        ],
        responses={200: OpenApiResponse(DepartureCandidatesSerializer, "Every guide."), **error_responses(400, 404)},
        tags=["daily-schedules"],
    )
    @action(detail=True)
    def candidates(self, request: Request, schedule_id: str, departure_id: str) -> Response:
        schedule, key = schedule_at(schedule_id), _id_in(departure_id)
        query = CandidatesQuerySerializer.of(request)
        candidates = list_candidates(schedule, key, deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["interactive"])
        explanation = explain_as_it_stands(schedule, key) if query.validated_data["explain"] else None
        return Response(represent_candidates(schedule, key, candidates, explanation))


def _id_in(departure_id: str) -> UUID:
    try:
        return UUID(departure_id)
    except ValueError as error:
        raise UnknownDeparture(f"There is no departure {departure_id}.") from error
