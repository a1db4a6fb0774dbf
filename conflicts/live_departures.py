"""The API's operation on what is out now, which the Adventure App's Live Trip Map shows.

What guides entered about their health, and the descriptions of conflicts, which may repeat it, are no part of it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from conflicts.detection import ConflictType, Severity
from conflicts.models import ScheduleConflict
from novatrek_scheduling.api import fields
from novatrek_scheduling.api.permissions import requires
from novatrek_scheduling.api.schema import error_responses
from novatrek_scheduling.api.serializers import SparseSerializer, StrictQuerySerializer, instant
from scheduling.daily_schedules.dated_departures import DatedDeparture, departures_out
from scheduling.domain.document import DepartureStatus, Role
from scheduling.domain.under_way import CheckInKind, LegPlanned, progress_of


class LiveGuideSerializer(SparseSerializer):
    """A guide who is out with the departure."""

    guide_id = serializers.UUIDField()
    guide_name = serializers.CharField()
    role = serializers.ChoiceField([role.value for role in Role])


class CheckInSerializer(SparseSerializer):
    """When the party is next to report."""

    kind = serializers.ChoiceField(
        [kind.value for kind in CheckInKind],
        help_text="HALFWAY of its time, EVENING (18:00) where it stays out over night, RETURN at its end.",
    )
    at = serializers.DateTimeField(help_text="By the clocks of the departure's region.")


class LiveConflictSerializer(SparseSerializer):
    """An open conflict about the departure. Its description is read at `/schedule-conflicts`."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField([kind.value for kind in ConflictType])
    severity = serializers.ChoiceField([severity.value for severity in Severity])
    detected_at = serializers.DateTimeField()


class LiveDepartureSerializer(SparseSerializer):
    """A departure that is out now. Times carry the offset of its region."""

    departure_id = serializers.UUIDField()
    schedule_date = serializers.DateField(help_text="The date it started on, whose daily schedule has it.")
    trip_id = serializers.UUIDField()
    trip_name = serializers.CharField()
    activity_type = serializers.CharField()
    region_id = serializers.UUIDField()
    trail_id = serializers.UUIDField(required=False)
    location_id = serializers.UUIDField(required=False)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    status = serializers.ChoiceField([status.value for status in DepartureStatus])
    participants = serializers.IntegerField(min_value=0)
    guides = LiveGuideSerializer(many=True, help_text="The lead first.")
    planned_phase = serializers.ChoiceField(
        [leg.value for leg in LegPlanned],
        help_text="By its planned times: the first or second half, or a night outside (18:00 to 06:00).",
    )
    planned_progress = serializers.FloatField(
        min_value=0, max_value=1, help_text="The share of its planned time that is over."
    )
    next_check_in = CheckInSerializer(help_text="When the party is next to report, by plan.")
    conflicts = LiveConflictSerializer(many=True, help_text="Open ones, the worst first.")


@extend_schema_serializer(many=False)
class LiveDeparturesSerializer(SparseSerializer):
    """What is out now, in the order of the starts."""

    as_of = serializers.DateTimeField(help_text="The moment at which it is so.")
    departures = LiveDepartureSerializer(many=True)


class LiveDepartureQuerySerializer(StrictQuerySerializer):
    """The filter of what is out now."""

    region_id = fields.UUIDField(required=False, help_text="The departures of this region alone.")


class LiveDepartureViewSet(ViewSet):
    """The departures that are out now."""

    permission_classes = [requires("scheduling:read")]

    @extend_schema(
        operation_id="listLiveDepartures",
        summary="See which departures are out now",
        description=(
            "The staffed departures that are under way by their planned times, those that started on an earlier date "
            "included: who is out, where, in which part of the trip by plan, when they are next to report, and what is "
            "wrong. Nothing about the health of guides is in it. It is one answer, not paged."
        ),
        parameters=[LiveDepartureQuerySerializer],
        responses={200: OpenApiResponse(LiveDeparturesSerializer, "What is out now."), **error_responses(400)},
        tags=["departures"],
    )
    def list(self, request: Request) -> Response:
        region_id = LiveDepartureQuerySerializer.of(request).validated_data.get("region_id")
        now = timezone.now()
        out = departures_out(now, region_id)
        conflicts = _conflicts_on({found.schedule_date for found in out})
        departures = [_represent(found, conflicts.get(found.id, []), now) for found in out]
        return Response({"as_of": instant(now), "departures": departures})


def _conflicts_on(days: Iterable[date]) -> dict[UUID, list[ScheduleConflict]]:
    """Return the open conflicts of these dates by their departures, the worst first, in one query."""
    days = set(days)
    found: dict[UUID, list[ScheduleConflict]] = {}
    rows = ScheduleConflict.objects.open().between(min(days), max(days)) if days else ()
    for conflict in sorted(rows, key=lambda row: (-Severity(row.details["severity"]).rank, row.detected_at, row.pk)):
        for departure_id in conflict.departure_ids:
            found.setdefault(departure_id, []).append(conflict)
    return found


def _represent(out: DatedDeparture, conflicts: Iterable[ScheduleConflict], now: datetime) -> dict[str, Any]:
    departure = out.departure
    progress = progress_of(departure.span, now)
    places = {"trail_id": departure.trail_id, "location_id": departure.location_id}
    team = sorted(departure.team, key=lambda member: (member.role is not Role.LEAD, member.guide_name))
    return {
        "departure_id": str(out.id),
        "schedule_date": out.schedule_date.isoformat(),
        "trip_id": str(departure.trip_id),
        "trip_name": departure.trip_name,
        "activity_type": departure.activity_type,
        "region_id": str(departure.region_id),
        **{name: str(place) for name, place in places.items() if place is not None},
        "starts_at": departure.starts_at.isoformat(),
        "ends_at": departure.ends_at.isoformat(),
        "status": departure.status.value,
        "participants": departure.participants,
        "guides": [
            {"guide_id": str(member.guide_id), "guide_name": member.guide_name, "role": member.role.value}
            for member in team
        ],
        "planned_phase": progress.leg.value,
        "planned_progress": progress.share,
        "next_check_in": {"kind": progress.next_check_in.kind.value, "at": progress.next_check_in.at.isoformat()},
        "conflicts": [
            {
                "id": str(conflict.pk),
                "type": conflict.conflict_type,
                "severity": conflict.details["severity"],
                "detected_at": instant(conflict.detected_at),
            }
            for conflict in conflicts
        ],
    }
