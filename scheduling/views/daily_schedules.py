"""Reading daily schedules: a list with filters, and one with its entity tag."""

from typing import Any

from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from novatrek_scheduling.api import fields
from novatrek_scheduling.api.permissions import requires
from novatrek_scheduling.api.schema import error_responses
from novatrek_scheduling.api.serializers import PagedQuerySerializer, refuse_reversed_dates
from scheduling.daily_schedules.lookup import place_at, schedule_at
from scheduling.daily_schedules.presence import headers_of
from scheduling.daily_schedules.selectors import asks_for_departures, page_of_schedules
from scheduling.models import DailySchedule
from scheduling.serializers.daily_schedules import (
    DailySchedulePageSerializer,
    DailyScheduleSerializer,
    etag_of,
    etag_of_rev,
    part_of_document,
    shown_schedule,
    shown_with,
)

ADDRESS = OpenApiParameter(
    "schedule_id", str, OpenApiParameter.PATH, description="The id of the daily schedule, or its date (YYYY-MM-DD)."
)


ANSWER_HEADERS = [
    OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, response=[200, 304])
    for name, description in (
        ("ETag", "The revision, quoted."),
        ("X-Being-Optimized-By", "Who is optimizing this date at the moment; absent: nobody."),
        ("X-Being-Optimized-Since", "Since when, in UTC."),
    )
]


class DailyScheduleQuerySerializer(PagedQuerySerializer):
    date = fields.DateField(required=False, help_text="This date alone, or with `date_to` the first of a range.")
    date_to = fields.DateField(required=False, help_text="The last date of the range; without `date` all up to it.")
    region_id = fields.UUIDField(required=False)
    trip_id = fields.UUIDField(required=False)
    trail_id = fields.UUIDField(required=False)
    guide_id = fields.UUIDField(required=False, help_text="On the team, or told of the departure.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_reversed_dates(attrs)
        return attrs


class DailySchedulesView(APIView):
    permission_classes = [requires("scheduling:read")]

    @extend_schema(
        operation_id="listDailySchedules",
        summary="Find daily schedules and departures",
        description=(
            "Daily schedules by date. `region_id`, `trip_id`, `trail_id` and `guide_id` are asked of one and the same "
            "departure: a daily schedule is listed if at least one of its departures meets all of them, and shows "
            "those departures alone, with the adjustments of the guides on them (with `guide_id` that guide's). "
            "`_rev` is the whole document's all the same."
        ),
        parameters=[DailyScheduleQuerySerializer],
        responses={200: OpenApiResponse(DailySchedulePageSerializer, "A page."), **error_responses(400)},
        tags=["daily-schedules"],
    )
    def get(self, request: Request) -> Response:
        query = DailyScheduleQuerySerializer.of(request)
        filters = query.filters
        page = page_of_schedules(
            filters, size=query.validated_data["page_size"], token=query.validated_data.get("page_token")
        )
        show = _shown_in_part if asks_for_departures(filters) else _shown_whole
        shown: dict[str, Any] = {
            "daily_schedules": [show(schedule, filters) for schedule in page.rows],
            "total_count": page.total_count,
        }
        if page.next_page_token:
            shown["next_page_token"] = page.next_page_token
        return Response(shown)


def _shown_whole(schedule: DailySchedule, _: dict[str, Any]) -> dict[str, Any]:
    return shown_schedule(schedule)


def _shown_in_part(schedule: Any, filters: dict[str, Any]) -> dict[str, Any]:
    departures = {each["key"]: each["value"] for each in schedule.found}
    asked = [str(filters["guide_id"])] if "guide_id" in filters else None
    return shown_with(schedule, part_of_document(departures, schedule.entered or {}, guide_ids=asked))


class ReadDailySchedule(APIView):
    """GET of one daily schedule."""

    @extend_schema(
        operation_id="getDailySchedule",
        summary="See a daily schedule",
        description="All that is planned for a date, in every region. Send the ETag back as `If-None-Match`.",
        parameters=[
            ADDRESS,
            OpenApiParameter(
                "If-None-Match",
                str,
                OpenApiParameter.HEADER,
                description="ETags that you have; if the current one is among them, the answer is 304 without a body.",
            ),
            *ANSWER_HEADERS,
        ],
        responses={
            200: OpenApiResponse(DailyScheduleSerializer, "The daily schedule."),
            304: OpenApiResponse(description="You have the current revision."),
            **error_responses(404),
        },
        tags=["daily-schedules"],
    )
    def get(self, request: Request, schedule_id: str) -> Response:
        return _not_modified(request, schedule_id) or answer_with(schedule_at(schedule_id))


def answer_with(schedule: DailySchedule, *, status: int = 200) -> Response:
    """A daily schedule with its entity tag, and with who is optimizing its date."""
    headers = {"ETag": etag_of(schedule), **headers_of(schedule.schedule_date)}
    return Response(shown_schedule(schedule), status=status, headers=headers)


def _not_modified(request: Request, address: str) -> Response | None:
    """304 where the client has the current revision; the document is not even loaded to find out."""
    offered = request.headers.get("If-None-Match")
    if offered is None:
        return None
    day, rev = place_at(address)
    # Weak comparison (RFC 9110): a proxy that compressed the answer may have weakened its tag.
    tags = {tag.removeprefix("W/") for tag in parse_etags(offered)}
    if tags.isdisjoint({"*", etag_of_rev(rev)}):
        return None
    return Response(status=304, headers={"ETag": etag_of_rev(rev), **headers_of(day)})
