"""The API's operations on daily schedules."""

from datetime import date
from itertools import chain
from typing import Any, cast

from django.utils.http import parse_etags
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from novatrek_scheduling.api.authentication import Principal
from novatrek_scheduling.api.parsers import MergePatchParser, StrictJSONParser
from novatrek_scheduling.api.permissions import ScopedViewSet, requires
from scheduling import hooks
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.lookup import date_and_revision_at, day_of, id_at, shown_at
from scheduling.daily_schedules.presence import headers_of
from scheduling.daily_schedules.selectors import departures_under_way, page_of_schedules
from scheduling.history.revisions import page_of_revisions
from scheduling.models import DailySchedule
from scheduling.patches.ownership import Owner, refuse_fields_of_the_row
from scheduling.patches.serializers import read_body
from scheduling.patches.services import patch_daily_schedule
from scheduling.publication.previews import preview_publication
from scheduling.publication.services import publish_departures
from scheduling.serializers.accepted_risks import represent_accepted_risks
from scheduling.serializers.daily_schedules import DailyScheduleQuerySerializer
from scheduling.serializers.history import RevisionPageSerializer, RevisionQuerySerializer
from scheduling.serializers.publishing import PublicationQuerySerializer, PublishRequestSerializer, represent_preview
from scheduling.serializers.representation import (
    etag_of_rev,
    represent_page,
    represent_shown,
    represent_under_way,
    represent_written,
)
from scheduling.views.documentation import document_daily_schedules, document_preview
from scheduling.views.preconditions import expecting
from scheduling.views.preferences import APPLIED, prefers_minimal
from scheduling.views.retired import refuse_retired

READ = requires("scheduling:read")
PUBLISH = "scheduling:publish"
OWNERS = {"scheduling:write": Owner.ORCHESTRATOR, "guide-adjustments:write": Owner.GUIDE_MANAGEMENT}


@document_daily_schedules
class DailyScheduleViewSet(ScopedViewSet):
    """Daily schedules, each at its id or its date.

    The candidates of a departure are an action of `optimization.views.candidates`, the app that ranks them.
    """

    lookup_url_kwarg = "schedule_id"
    parser_classes = [MergePatchParser, StrictJSONParser]
    scopes_of = {
        "list": READ,
        "retrieve": READ,
        "partial_update": requires(*OWNERS),
        "preview_publication": READ,
        "publish": requires(PUBLISH),
        "history": READ,
        "accepted_risks": READ,
    }

    def list(self, request: Request) -> Response:
        query = DailyScheduleQuerySerializer.of(request)
        page = represent_page(page_of_schedules(query.filters, **query.paging), query.filters)
        if "date" in query.filters and "date_to" not in query.filters and not query.paging.get("token"):
            out = departures_under_way(query.filters["date"], query.filters)
            page["departures_under_way"] = represent_under_way(out)
        return Response(page)

    def retrieve(self, request: Request, schedule_id: str) -> Response:
        if not_modified := _not_modified(request, schedule_id):
            return not_modified
        shown = shown_at(schedule_id)
        return _answer(shown.schedule, represent_shown(shown))

    def partial_update(self, request: Request, schedule_id: str) -> Response:
        rev, assignments = _patch_in(request.data)
        day, caller = day_of(schedule_id), cast("Principal", request.user)
        with expecting(request, day, rev=rev) as since_rev:
            change = patch_daily_schedule(
                day,
                assignments,
                author=_author_of_patch(caller, assignments),
                owners=frozenset(owner for scope, owner in OWNERS.items() if caller.has_scope(scope)),
                since_rev=since_rev,
                may_publish=caller.has_scope(PUBLISH),
            )
        return _answer_to_write(request, change)

    def update(self, request: Request, schedule_id: str) -> Response:
        refuse_retired(request, schedule_id, operation="PUT /daily-schedules/{schedule_id}")

    @action(detail=True, methods=["post"], parser_classes=[StrictJSONParser])
    def publish(self, request: Request, schedule_id: str) -> Response:
        body = PublishRequestSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        chosen: dict[str, Any] = dict(body.validated_data)
        day, author = day_of(schedule_id), Author(AuthorKind.DISPATCHER, str(request.user), "published over the API")
        with expecting(request, day, rev=chosen.pop("_rev", None)) as since_rev:
            change = publish_departures(day, author=author, by_machine=False, since_rev=since_rev, **chosen)
        return _answer_to_write(request, change)

    @document_preview
    @publish.mapping.get
    def preview_publication(self, request: Request, schedule_id: str) -> Response:
        chosen = PublicationQuerySerializer.of(request).validated_data
        return Response(represent_preview(preview_publication(day_of(schedule_id), **chosen)))

    @action(detail=True)
    def history(self, request: Request, schedule_id: str) -> Response:
        query = RevisionQuerySerializer.of(request)
        revisions, next_page_token = page_of_revisions(id_at(schedule_id), query.filters, **query.paging)
        return Response(RevisionPageSerializer({"revisions": revisions, "next_page_token": next_page_token}).data)

    @action(detail=True, url_path="accepted-risks")
    def accepted_risks(self, request: Request, schedule_id: str) -> Response:
        day, _ = date_and_revision_at(schedule_id)
        return Response(represent_accepted_risks(day, chain.from_iterable(hooks.accepted_risks(day))))


def _answer(schedule: DailySchedule, representation: dict[str, Any]) -> Response:
    return Response(representation, headers=_headers(schedule.schedule_date, etag_of_rev(schedule.rev)))


def _answer_to_write(request: Request, change: Change) -> Response:
    """The daily schedule after a write, or nothing of it where the client prefers that: a date may be megabytes."""
    schedule = change.schedule
    if prefers_minimal(request):
        return Response(status=204, headers=_headers(schedule.schedule_date, etag_of_rev(schedule.rev)) | APPLIED)
    return _answer(schedule, represent_written(change))


def _not_modified(request: Request, address: str) -> Response | None:
    """Answer 304 where the client has the current revision; the document is not even loaded to find out."""
    offered = request.headers.get("If-None-Match")
    if offered is None:
        return None
    day, rev = date_and_revision_at(address)
    # Weak comparison (RFC 9110): a proxy that compressed the answer may have weakened its tag.
    tags = {tag.removeprefix("W/") for tag in parse_etags(offered)}
    if tags.isdisjoint({"*", etag_of_rev(rev)}):
        return None
    return Response(status=304, headers=_headers(day, etag_of_rev(rev)))


def _headers(day: date, etag: str) -> dict[str, str]:
    """The entity tag of a daily schedule, and which optimizer is at work on its date."""
    return {"ETag": etag, **headers_of(day)}


def _patch_in(body: Any) -> tuple[int | None, Any]:
    """The revision and the patch of the document. The columns beside the document have no owner in the API."""
    if isinstance(body, dict):
        refuse_fields_of_the_row(body)
    return read_body(body)


def _author_of_patch(caller: Principal, assignments: dict[str, Any]) -> Author:
    kind = AuthorKind.GUIDE_MANAGEMENT if "guide_adjustments" in assignments else AuthorKind.DISPATCHER
    return Author(kind, str(caller), "patched through the API", "web")
