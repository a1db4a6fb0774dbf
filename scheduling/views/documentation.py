"""The specification of the operations on daily schedules."""

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view

from novatrek_scheduling.api.schema import error_responses
from scheduling.patches.serializers import DailySchedulePatchSerializer
from scheduling.serializers.accepted_risks import AcceptedRisksSerializer
from scheduling.serializers.daily_schedules import (
    DailySchedulePageSerializer,
    DailyScheduleQuerySerializer,
    DailyScheduleSerializer,
)
from scheduling.serializers.history import RevisionPageSerializer, RevisionQuerySerializer
from scheduling.serializers.publishing import (
    PublicationPreviewSerializer,
    PublicationQuerySerializer,
    PublishRequestSerializer,
)
from scheduling.serializers.stale import IF_MATCH, STALE_ANSWERS

TAGS = ["daily-schedules"]
SCHEDULE_ID = OpenApiParameter(
    "schedule_id",
    str,
    OpenApiParameter.PATH,
    description="The id of the daily schedule, or its date as YYYY-MM-DD.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="ETags that the client has stored; 304 without a body if the current one is among them.",
)
PREFER = OpenApiParameter(
    "Prefer",
    str,
    OpenApiParameter.HEADER,
    description="`return=minimal` for an answer without a body: 204 with the ETag.",
)
ANSWER_HEADERS = [
    OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, response=[200, 204, 304])
    for name, description in (
        ("ETag", "The revision, in quotes."),
        ("X-Being-Optimized-By", "The process or person optimizing this date now; absent if there is none."),
        ("X-Being-Optimized-Since", "The start of that optimization, in UTC."),
    )
]
CURRENT_SCHEDULE = OpenApiResponse(DailyScheduleSerializer, "The daily schedule after the change.")
WRITTEN = OpenApiResponse(description="The change was made, and the client preferred no body.")

document_daily_schedules = extend_schema_view(
    list=extend_schema(
        operation_id="listDailySchedules",
        summary="Find daily schedules and departures",
        description=(
            "Daily schedules in the order of their dates. `region_id`, `trip_id`, `trail_id` and `guide_id` apply to "
            "one and the same departure: a daily schedule is listed if at least one of its departures meets all of "
            "them. It then shows only those departures, with the adjustments of the guides on them (of that guide "
            "alone with `guide_id`). `_rev` is always the revision of the whole document."
        ),
        parameters=[DailyScheduleQuerySerializer],
        responses={200: OpenApiResponse(DailySchedulePageSerializer, "A page."), **error_responses(400)},
        tags=TAGS,
    ),
    retrieve=extend_schema(
        operation_id="getDailySchedule",
        summary="Get a daily schedule",
        description="The plan of a date, all regions in it. Send its ETag back as `If-None-Match`.",
        parameters=[SCHEDULE_ID, IF_NONE_MATCH, *ANSWER_HEADERS],
        responses={
            200: OpenApiResponse(DailyScheduleSerializer, "The daily schedule."),
            304: OpenApiResponse(description="The client has the current revision."),
            **error_responses(404),
        },
        tags=TAGS,
    ),
    update=extend_schema(exclude=True),
    partial_update=extend_schema(
        operation_id="patchDailySchedule",
        summary="Change your own fields of a daily schedule",
        description=(
            "A JSON merge patch (RFC 7396): fields that are not named keep their values, null removes. Departures "
            "belong to `scheduling:write`, `guide_adjustments` to `guide-adjustments:write`; a field of another owner "
            "is 403. With `_rev` (or `If-Match`) a concurrent change is 409 (412) and the answer lists what changed; "
            "without, the patch is merged into the new revision, in up to three attempts. Addressed by date, a daily "
            "schedule that does not exist yet is created."
        ),
        parameters=[SCHEDULE_ID, IF_MATCH, PREFER, *ANSWER_HEADERS],
        request=DailySchedulePatchSerializer,
        responses={200: CURRENT_SCHEDULE, 204: WRITTEN, **error_responses(400, 404, 422), **STALE_ANSWERS},
        tags=TAGS,
    ),
    publish=extend_schema(
        operation_id="publishDailySchedule",
        summary="Publish departures",
        description=(
            "Drafts with a lead guide become PUBLISHED and their teams CONFIRMED; guides whose own plan differs from "
            "what was last announced to them are notified. Publishing is a person's approval of the teams that await "
            "it. Every departure is judged on facts read now: 422 names the hard rules that one breaks, and nothing is "
            "published. `override_warnings`, which needs the scope `scheduling:override`, publishes all the same, but "
            "never over certificates, restrictions, overlap or rest. A stale `_rev` is 409, a stale `If-Match` 412."
        ),
        parameters=[SCHEDULE_ID, IF_MATCH, PREFER, *ANSWER_HEADERS],
        request=PublishRequestSerializer,
        responses={200: CURRENT_SCHEDULE, 204: WRITTEN, **error_responses(400, 404, 422), **STALE_ANSWERS},
        tags=TAGS,
    ),
    history=extend_schema(
        operation_id="listDailyScheduleHistory",
        summary="See what changed in a daily schedule, when and by whom",
        description="Every revision with its difference, the newest first, changes made in SQL included.",
        parameters=[SCHEDULE_ID, RevisionQuerySerializer],
        responses={200: OpenApiResponse(RevisionPageSerializer, "A page."), **error_responses(400, 404)},
        tags=TAGS,
    ),
    accepted_risks=extend_schema(
        operation_id="listAcceptedRisks",
        summary="See which risks of a daily schedule people have accepted",
        description=(
            "What is wrong with which departures, who answers for it, why and until when, as it stands now: accepting, "
            "withdrawing and expiring are no revisions of the daily schedule, and change no ETag of it. That a "
            "departure has no guide is never among them."
        ),
        parameters=[SCHEDULE_ID],
        responses={200: OpenApiResponse(AcceptedRisksSerializer, "The accepted risks."), **error_responses(404)},
        tags=TAGS,
    ),
)
# Apart, because `extend_schema_view` does not see further methods of an action.
document_preview = extend_schema(
    operation_id="previewPublication",
    summary="Preview what publishing would do",
    description=(
        "The departures that differ from what was last announced, the hard rules that they break by facts read now, "
        "what a person approves, what is not known, and the notices that guides would receive."
    ),
    parameters=[SCHEDULE_ID, PublicationQuerySerializer],
    responses={200: OpenApiResponse(PublicationPreviewSerializer, "A preview."), **error_responses(400, 404)},
    tags=TAGS,
)
