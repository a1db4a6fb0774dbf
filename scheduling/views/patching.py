"""PATCH of a daily schedule: the caller's own fields, merged."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from novatrek_scheduling.api.authentication import Principal
from novatrek_scheduling.api.parsers import MergePatchParser, StrictJSONParser
from novatrek_scheduling.api.schema import error_responses
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.lookup import day_of
from scheduling.patches.ownership import Owner, refuse_fields_of_the_row
from scheduling.patches.serializers import DailySchedulePatchSerializer, read_body
from scheduling.patches.services import patch_daily_schedule
from scheduling.serializers.daily_schedules import DailyScheduleSerializer
from scheduling.serializers.stale import IF_MATCH, STALE_ANSWERS
from scheduling.views.daily_schedules import ADDRESS, ANSWER_HEADERS, answer_with
from scheduling.views.preconditions import expecting

PUBLISH = "scheduling:publish"
SCOPES = {"scheduling:write": Owner.ORCHESTRATOR, "guide-adjustments:write": Owner.GUIDE_MANAGEMENT}


class PatchDailySchedule(APIView):
    """The PATCH of a daily schedule's address."""

    parser_classes = [MergePatchParser, StrictJSONParser]

    @extend_schema(
        operation_id="patchDailySchedule",
        summary="Change your own fields of a daily schedule",
        description=(
            "A JSON merge patch (RFC 7396): what is not named stays, null removes. Departures belong to "
            "`scheduling:write`, `guide_adjustments` to `guide-adjustments:write`; a field of another's is 403. With "
            "`_rev` (or If-Match) a change by somebody else is 409 (412) and tells what it was; without, the patch is "
            "merged into it and tried up to three times. By date a schedule that is not there yet is made."
        ),
        parameters=[ADDRESS, IF_MATCH, *ANSWER_HEADERS],
        request=DailySchedulePatchSerializer,
        responses={
            200: OpenApiResponse(DailyScheduleSerializer, "The daily schedule as it is now."),
            **error_responses(400, 404, 422),
            **STALE_ANSWERS,
        },
        tags=["daily-schedules"],
    )
    def patch(self, request: Request, schedule_id: str) -> Response:
        owners = _owners(request)
        rev, assignments = _read(request.data)
        day = day_of(schedule_id)
        with expecting(request, day, rev=rev) as since_rev:
            change = patch_daily_schedule(
                day,
                assignments,
                author=_author(request, assignments),
                owners=owners,
                since_rev=since_rev,
                may_publish=_caller(request).has_scope(PUBLISH),
            )
        return answer_with(change.schedule)


def _owners(request: Request) -> frozenset[Owner]:
    return frozenset(owner for scope, owner in SCOPES.items() if _caller(request).has_scope(scope))


def _caller(request: Request) -> Principal:
    return cast("Principal", request.user)


def _read(body: Any) -> tuple[int | None, Any]:
    """The revision and the patch of the document; what the service keeps beside it is nobody's to name."""
    if isinstance(body, dict):
        refuse_fields_of_the_row(body)
    return read_body(body)


def _author(request: Request, assignments: dict[str, Any]) -> Author:
    kind = AuthorKind.GUIDE_MANAGEMENT if "guide_adjustments" in assignments else AuthorKind.DISPATCHER
    return Author(kind, str(request.user), "patched through the API", "web")
