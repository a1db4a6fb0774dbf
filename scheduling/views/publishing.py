"""Publishing departures of a daily schedule, and seeing first what that would do."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from novatrek_scheduling.api.permissions import ScopedByMethod, requires
from novatrek_scheduling.api.schema import error_responses
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.lookup import day_of
from scheduling.publication.services import preview_publication, publish_departures
from scheduling.serializers.daily_schedules import DailyScheduleSerializer
from scheduling.serializers.publishing import (
    PublicationPreviewSerializer,
    PublicationQuerySerializer,
    PublishRequestSerializer,
    shown_preview,
)
from scheduling.serializers.stale import IF_MATCH, STALE_ANSWERS
from scheduling.views.daily_schedules import ADDRESS, ANSWER_HEADERS, answer_with
from scheduling.views.preconditions import expecting


class PublicationView(ScopedByMethod):
    scopes_of = {"GET": requires("scheduling:read"), "POST": requires("scheduling:publish")}

    @extend_schema(
        operation_id="previewPublication",
        summary="See what publishing would do",
        description="The departures that differ from what people were last told, and which guide would be told what.",
        parameters=[ADDRESS, PublicationQuerySerializer],
        responses={200: OpenApiResponse(PublicationPreviewSerializer, "A preview."), **error_responses(400, 404)},
        tags=["daily-schedules"],
    )
    def get(self, request: Request, schedule_id: str) -> Response:
        chosen = PublicationQuerySerializer.of(request).validated_data
        return Response(shown_preview(preview_publication(day_of(schedule_id), **chosen)))

    @extend_schema(
        operation_id="publishDailySchedule",
        summary="Publish departures",
        description=(
            "Drafts that somebody leads become PUBLISHED and teams CONFIRMED; the guides whose own plan differs from "
            "what they were last told get a message. Publishing is a person's approval of teams that await it. "
            "A stale `_rev` is 409, a stale `If-Match` 412."
        ),
        parameters=[
            ADDRESS,
            IF_MATCH,
            *ANSWER_HEADERS,
        ],
        request=PublishRequestSerializer,
        responses={
            200: OpenApiResponse(DailyScheduleSerializer, "The daily schedule as it is now."),
            **error_responses(400, 404, 422),
            **STALE_ANSWERS,
        },
        tags=["daily-schedules"],
    )
    def post(self, request: Request, schedule_id: str) -> Response:
        body = PublishRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        chosen: dict[str, Any] = dict(body.validated_data)
        day, author = day_of(schedule_id), Author(AuthorKind.DISPATCHER, str(request.user), "published over the API")
        with expecting(request, day, rev=chosen.pop("_rev", None)) as since_rev:
            change = publish_departures(day, author=author, by_machine=False, since_rev=since_rev, **chosen)
        return answer_with(change.schedule)
