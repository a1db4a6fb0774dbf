"""The least that an operation of this API can cost: it knows the caller and reads one row by its key."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from scheduling.models import ScheduleRequest


class FloorView(APIView):
    """The same middleware, authentication and rendering as everywhere; no scope, no rule, no shape."""

    @extend_schema(exclude=True)
    def get(self, request: Request, request_id: UUID) -> Response:
        row = ScheduleRequest.objects.get(pk=request_id)
        return Response({"id": str(row.pk), "status": row.status})
