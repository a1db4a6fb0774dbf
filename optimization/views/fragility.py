"""The API's operation on the fragility of a date."""

from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from novatrek_scheduling.api.permissions import requires
from novatrek_scheduling.api.schema import error_responses
from optimization.fragility.services import current_report
from optimization.models import FragilityReport
from optimization.serializers.fragility import FragilitySerializer, represent_fragility
from scheduling.daily_schedules.lookup import schedule_at
from scheduling.views.documentation import IF_NONE_MATCH, SCHEDULE_ID

ETAG = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, description="The report, in quotes.", response=[200, 304])


class FragilityViewSet(ViewSet):
    """What single losses would do to a daily schedule, below its address."""

    permission_classes = [requires("scheduling:read")]

    @extend_schema(
        operation_id="getFragility",
        summary="See what the loss of one guide, trail or base camp would do",
        description=(
            "Each guide on a team, trail and base camp of a date is taken away in turn, and the plan as it stands is "
            "repaired with the least change: the guests who would lose their departure, the worst losses first, and "
            "what would keep it from happening. Departures that have started, or have no team, are not judged. The "
            "answer is about the current revision: found within the call if none is kept. Where siblings do not "
            "answer, it is the latest there is: `is_current` and `found_at` say how old. Nothing is planned by it."
        ),
        parameters=[SCHEDULE_ID, IF_NONE_MATCH, ETAG],
        responses={
            200: OpenApiResponse(FragilitySerializer, "The fragility of the date."),
            304: OpenApiResponse(description="The client has this report."),
            **error_responses(404),
        },
        tags=["daily-schedules"],
    )
    @action(detail=False)
    def fragility(self, request: Request, schedule_id: str) -> Response:
        schedule = schedule_at(schedule_id)
        kept = current_report(schedule)
        headers = {"ETag": _etag_of(kept)}
        offered = {tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))}
        # A report that is current no longer answers differently, though it is the same report.
        if kept.rev == schedule.rev and not offered.isdisjoint({"*", headers["ETag"]}):
            return Response(status=304, headers=headers)
        return Response(represent_fragility(schedule, kept), headers=headers)


def _etag_of(kept: FragilityReport) -> str:
    return f'"{kept.rev}-{kept.found_at.timestamp():.6f}"'
