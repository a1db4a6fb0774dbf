"""Guides' calendars, for programs that send no bearer token: the address carries a token of its own."""

import hashlib
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from novatrek_scheduling.api.schema import error_responses
from novatrek_scheduling.api.throttling import SubjectThrottle
from novatrek_scheduling.environment import Rate
from scheduling.calendars.icalendar_feed import feed_of
from scheduling.calendars.tokens import digest_of, open_calendar

MEDIA_TYPE = "text/calendar"


class CalendarThrottle(SubjectThrottle):
    """The rate of one token, beside that of an address, from which a calendar service reads for many guides."""

    rate = Rate(60, 60)

    def caller(self, request: Request) -> str:
        return f"calendar:{digest_of(request.query_params.get('token', ''))}"


class GuideViewSet(ViewSet):
    """The calendar feeds of guides."""

    lookup_url_kwarg = "guide_id"
    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [SubjectThrottle, CalendarThrottle]

    @extend_schema(
        operation_id="getGuideCalendar",
        summary="Subscribe to a guide's published departures",
        description=(
            "An iCalendar feed (RFC 5545) of the guide's published departures, from 31 days ago on, without names "
            "of guests. The guide's token is the only credential; a bearer token is ignored. A `SEQUENCE` is the "
            "revision of a daily schedule."
        ),
        auth=[],
        parameters=[
            OpenApiParameter("guide_id", UUID, OpenApiParameter.PATH),
            OpenApiParameter(
                "token", str, OpenApiParameter.QUERY, required=True, description="The guide's one active token."
            ),
            OpenApiParameter(
                "If-None-Match", str, OpenApiParameter.HEADER, description="The `ETag` that the client has stored."
            ),
            OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 304]),
        ],
        responses={
            (200, MEDIA_TYPE): OpenApiResponse(OpenApiTypes.STR, "The calendar."),
            304: OpenApiResponse(description="The client has the current calendar."),
            **error_responses(404),
        },
    )
    @action(detail=True, url_path="calendar.ics")
    def calendar(self, request: Request, guide_id: str) -> HttpResponse:
        opened = open_calendar(guide_id, request.query_params.get("token", ""))
        feed = feed_of(opened.guide_id, opened.guide_name, datetime.now(UTC))
        etag = f'"{hashlib.sha256(feed).hexdigest()[:32]}"'
        # Caches revalidate on every use: a token may be revoked at any time.
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        response = HttpResponse(feed, content_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)
        return cast(HttpResponse, get_conditional_response(request._request, etag=etag, response=response))
