"""The floor of the API's operations: authentication and one row read by its key."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from scheduling.models import ScheduleRequest


class FloorView(APIView):
    """A view with the middleware, authentication and rendering of the API, but no scope, rule or serializer."""

    @extend_schema(exclude=True)
    def get(self, request: Request, request_id: UUID) -> Response:
        row = ScheduleRequest.objects.get(pk=request_id)
        return Response({"id": str(row.pk), "status": row.status})
