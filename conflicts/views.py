"""The API's operations on conflicts."""

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from conflicts.errors import UnknownConflict
from conflicts.resolution.acceptance import withdraw_acceptance
from conflicts.resolution.services import resolve_conflict
from conflicts.selectors import page_of_conflicts, page_of_events
from conflicts.serializers import (
    AcceptanceWithdrawalSerializer,
    AcceptanceWithdrawnSerializer,
    ConflictEventSerializer,
    ConflictHistoryPageSerializer,
    ConflictHistoryQuerySerializer,
    ConflictPageSerializer,
    ConflictQuerySerializer,
    ConflictResolutionRequestSerializer,
    ConflictResolutionResultSerializer,
    represent_conflict,
)
from novatrek_scheduling.api.permissions import requires
from novatrek_scheduling.api.schema import error_responses


class ScheduleConflictViewSet(ViewSet):
    """The conflicts of daily schedules and their resolution."""

    lookup_url_kwarg = "conflict_id"
    permission_classes = [requires("scheduling:read", contract_operation=True)]

    @extend_schema(
        operation_id="listScheduleConflicts",
        summary="List the conflicts of a date's plan",
        description="The conflicts of a date, the oldest first; open ones unless `resolved` is given.",
        parameters=[ConflictQuerySerializer],
        responses={200: OpenApiResponse(ConflictPageSerializer, "A page."), **error_responses(400)},
        tags=["conflicts"],
    )
    def list(self, request: Request) -> Response:
        query = ConflictQuerySerializer.of(request)
        page = page_of_conflicts(query.filters, **query.paging)
        return Response(page.represented("conflicts", represent_conflict))

    @extend_schema(
        operation_id="resolveScheduleConflict",
        summary="Resolve a conflict with one of its options",
        description=(
            "Apply one of the conflict's resolution options, or accept its risk. `override_warnings` needs the scope "
            "`scheduling:override`, without which it is 403."
        ),
        request=ConflictResolutionRequestSerializer,
        responses={
            200: OpenApiResponse(ConflictResolutionResultSerializer, "What was done."),
            **error_responses(400, 404, 409),
        },
        tags=["conflicts"],
    )
    @action(
        detail=False,
        methods=["post"],
        permission_classes=[requires("scheduling:resolve", contract_operation=True)],
    )
    def resolve(self, request: Request) -> Response:
        body = ConflictResolutionRequestSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        resolution = resolve_conflict(by=str(request.user), **body.validated_data)
        return Response(ConflictResolutionResultSerializer(resolution).data)

    @extend_schema(
        operation_id="listConflictHistory",
        summary="See what happened to a conflict, when and by whom",
        description=(
            "Found, more or less severe, options, resolved, accepted, withdrawn, cleared and why, there again: the "
            "newest first. A conflict that was cleared, resolved or accepted and is there again has a new id; its "
            "history goes on."
        ),
        parameters=[OpenApiParameter("conflict_id", UUID, OpenApiParameter.PATH), ConflictHistoryQuerySerializer],
        responses={200: OpenApiResponse(ConflictHistoryPageSerializer, "A page."), **error_responses(400, 404)},
        tags=["conflicts"],
    )
    @action(detail=True, permission_classes=[requires("scheduling:read")])
    def history(self, request: Request, conflict_id: str) -> Response:
        page = page_of_events(_id_in(conflict_id), **ConflictHistoryQuerySerializer.of(request).paging)
        return Response(page.represented("events", ConflictEventSerializer().to_representation))

    @extend_schema(
        operation_id="withdrawRiskAcceptance",
        summary="Withdraw the acceptance of a conflict's risk",
        description=(
            "The conflict is open again under a new id, as it was accepted, until detection looks again. A token needs "
            "the scope: one without a scope claim withdraws nothing."
        ),
        parameters=[OpenApiParameter("conflict_id", UUID, OpenApiParameter.PATH)],
        request=AcceptanceWithdrawalSerializer,
        responses={200: OpenApiResponse(AcceptanceWithdrawnSerializer, "Withdrawn."), **error_responses(400, 404, 409)},
        tags=["conflicts"],
    )
    @action(
        detail=True,
        methods=["post"],
        url_path="withdraw-acceptance",
        permission_classes=[requires("scheduling:resolve")],
    )
    def withdraw_acceptance(self, request: Request, conflict_id: str) -> Response:
        body = AcceptanceWithdrawalSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        key = _id_in(conflict_id)
        reopened = withdraw_acceptance(key, by=str(request.user), **body.validated_data)
        withdrawn = {"conflict_id": key, "reopened_conflict_id": reopened and reopened.pk}
        return Response(AcceptanceWithdrawnSerializer(withdrawn).data)


def _id_in(conflict_id: str) -> UUID:
    try:
        return UUID(conflict_id)
    except ValueError as error:
        raise UnknownConflict(f"There is no conflict {conflict_id}.") from error
