"""GET /schedule-conflicts and POST /schedule-conflicts/resolve."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conflicts.resolution.services import resolve_conflict
from conflicts.selectors import page_of_conflicts
from conflicts.serializers import (
    ConflictPageSerializer,
    ConflictQuerySerializer,
    ConflictResolutionRequestSerializer,
    ConflictResolutionResultSerializer,
)
from novatrek_scheduling.api.permissions import requires
from novatrek_scheduling.api.schema import error_responses


class ConflictsView(APIView):
    permission_classes = [requires("scheduling:read", contract_operation=True)]

    @extend_schema(
        operation_id="listScheduleConflicts",
        summary="List what is wrong with a date's plan",
        parameters=[ConflictQuerySerializer],
        responses={200: ConflictPageSerializer, **error_responses(400)},
        tags=["conflicts"],
    )
    def get(self, request: Request) -> Response:
        """The conflicts of a date, the oldest first; those that nobody has resolved, unless asked otherwise."""
        query = ConflictQuerySerializer.of(request)
        page = page_of_conflicts(
            query.filters,
            size=query.validated_data["page_size"],
            token=query.validated_data.get("page_token"),
        )
        shown = {"conflicts": page.rows, "next_page_token": page.next_page_token, "total_count": page.total_count}
        return Response(ConflictPageSerializer(shown).data)


class ResolveConflictView(APIView):
    permission_classes = [requires("scheduling:resolve", contract_operation=True)]

    @extend_schema(
        operation_id="resolveScheduleConflict",
        summary="Resolve a conflict with one of its options",
        request=ConflictResolutionRequestSerializer,
        responses={200: ConflictResolutionResultSerializer, **error_responses(400, 404, 409)},
        tags=["conflicts"],
    )
    def post(self, request: Request) -> Response:
        """Apply one of a conflict's options, or accept its risk."""
        body = ConflictResolutionRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted: dict[str, Any] = body.validated_data
        resolved = resolve_conflict(
            wanted["conflict_id"],
            wanted["selected_resolution_id"],
            by=str(request.user),
            notes=wanted.get("operator_notes", ""),
            override_warnings=wanted["override_warnings"],
        )
        return Response(ConflictResolutionResultSerializer(resolved).data)
