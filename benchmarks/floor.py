"""The floor of the API's operations: authentication and one row read by its key."""

from datetime import date
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from scheduling.models import DailySchedule, ScheduleRequest


class FloorView(APIView):
    """A view with the middleware, authentication and rendering of the API, but no scope, rule or serializer."""

    @extend_schema(exclude=True)
    def get(self, request: Request, request_id: UUID) -> Response:
        row = ScheduleRequest.objects.get(pk=request_id)
        return Response({"id": str(row.pk), "status": row.status})


class TextView(APIView):
    """The floor of whole daily schedules: the text of a document, sent as PostgreSQL writes it."""

    @extend_schema(exclude=True)
    def get(self, request: Request, day: date) -> HttpResponse:
        rows = DailySchedule.objects.filter(schedule_date=day)
        text = rows.values_list(Cast("assignments", TextField()), flat=True).get()
        return HttpResponse(text, content_type="application/json")
