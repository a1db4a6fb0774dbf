"""The fragility of a date on the wire."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from novatrek_scheduling.api.serializers import SparseSerializer, instant
from optimization.fragility.analysis import MOST_FRAGILE
from optimization.fragility.hedges import HedgeKind
from optimization.fragility.losses import ResourceKind
from optimization.models import FragilityReport
from scheduling.models import DailySchedule


class FragileResourceSerializer(SparseSerializer):
    """A guide, trail or base camp."""

    kind = serializers.ChoiceField([kind.value for kind in ResourceKind], help_text="What it is.")
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="Its name; of a base camp that of its region.")


class FragileDepartureSerializer(SparseSerializer):
    """A departure as it was when the losses were tried."""

    departure_id = serializers.UUIDField()
    trip_name = serializers.CharField()
    starts_at = serializers.DateTimeField()
    guests = serializers.IntegerField(min_value=0, help_text="The guests on the departure.")


class LossSerializer(SparseSerializer):
    """What the loss of one resource would do, after the least change of the plan that serves the most guests."""

    resource = FragileResourceSerializer(help_text="What would be lost.")
    guests = serializers.IntegerField(min_value=0, help_text="Guests who would lose their departure.")
    departures = FragileDepartureSerializer(many=True, help_text="The departures that nobody could lead.")
    guests_on_duty = serializers.IntegerField(
        min_value=0, help_text="The same if nobody is called in who is on no team of the date."
    )
    departures_on_duty = FragileDepartureSerializer(many=True, help_text="The departures of these guests.")
    moved_departure_ids = serializers.ListField(
        child=serializers.UUIDField(), help_text="Other departures whose teams would change."
    )
    is_proven = serializers.BooleanField(help_text="False where the time was too short: then it may be fewer guests.")
    message = serializers.CharField(help_text="The loss in a sentence.")


class HedgeSerializer(SparseSerializer):
    """What would keep losses from costing anybody their departure; a standby and an alternative trail cost nothing."""

    kind = serializers.ChoiceField([kind.value for kind in HedgeKind], help_text="What is done.")
    id = serializers.UUIDField(required=False, help_text="The guide or the trail; absent for a guide to be found.")
    removes = FragileResourceSerializer(many=True, help_text="The losses that would cost nobody their departure.")
    departures = FragileDepartureSerializer(many=True, help_text="The departures that would be kept.")
    needed_from = serializers.DateTimeField(help_text="The start of the first of these departures.")
    certifications = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="What the guide to be found has to hold."
    )
    capacity = serializers.IntegerField(
        required=False, min_value=1, help_text="The guests whom the guide to be found has to lead."
    )
    message = serializers.CharField(help_text="The hedge in a sentence.")


A_DEPARTURE = {
    "departure_id": "5b1f7a54-6c1d-4a7e-9d0e-2f6a1c0b7d11",
    "trip_name": "River Run",
    "starts_at": "2027-05-01T07:00:00-07:00",
    "guests": 8,
}
A_GUIDE = {"kind": "GUIDE", "id": "0d0b8c0e-52a5-4f0e-8a66-7c5b6f1c2a10", "name": "Ben Ito"}
A_REPORT = {
    "schedule_id": "b7d2a0f4-51c1-5d3a-8f7e-3c1b6f0e9a52",
    "schedule_date": "2027-05-01",
    "_rev": 7,
    "is_current": True,
    "found_at": "2027-05-01T02:24:10.125000Z",
    "facts_read_at": "2027-05-01T02:24:08.310000Z",
    "departures": 38,
    "guests": 291,
    "tried": 71,
    "most_fragile": [
        {
            "resource": A_GUIDE,
            "guests": 0,
            "departures": [],
            "guests_on_duty": 8,
            "departures_on_duty": [A_DEPARTURE],
            "moved_departure_ids": [],
            "is_proven": True,
            "message": (
                "Without Ben Ito, somebody who is on no team that date has to be called in: River Run at 07:00 (8)."
            ),
        }
    ],
    "also_fragile": [],
    "hedges": [
        {
            "kind": "STANDBY",
            "id": "a1c7e9d2-3f4b-4b8e-9c55-6d2e8f0a4b77",
            "removes": [A_GUIDE],
            "departures": [A_DEPARTURE],
            "needed_from": "2027-05-01T07:00:00-07:00",
            "message": "Ana Ruiz as standby from 07:00: no cost, removes 1 (Ben Ito).",
        }
    ],
    "without_team": [],
    "not_judged": [],
    "not_tried": [],
    "unknown": [],
}


@extend_schema_serializer(examples=[OpenApiExample("A standby helps", value=A_REPORT, response_only=True)])
class FragilitySerializer(SparseSerializer):
    """What each single loss would do to the departures of a date that have a team and have not started."""

    schedule_id = serializers.UUIDField()
    schedule_date = serializers.DateField()
    _rev = serializers.IntegerField(min_value=1, help_text="The revision of the daily schedule that it is about.")
    is_current = serializers.BooleanField(help_text="Whether that is still the revision of the daily schedule.")
    found_at = serializers.DateTimeField(help_text="When the losses were tried.")
    facts_read_at = serializers.DateTimeField(help_text="When the oldest of the facts was read from its service.")
    departures = serializers.IntegerField(min_value=0, help_text="The departures judged.")
    guests = serializers.IntegerField(min_value=0, help_text="Their guests.")
    tried = serializers.IntegerField(min_value=0, help_text="The guides on teams, trails and base camps tried.")
    most_fragile = LossSerializer(
        many=True, help_text=f"The {MOST_FRAGILE} worst losses of each kind, the worst first."
    )
    also_fragile = LossSerializer(many=True, help_text="The other losses that would cost something.")
    hedges = HedgeSerializer(many=True, help_text="The cheapest first, of equals those that remove most.")
    without_team = serializers.ListField(
        child=serializers.UUIDField(), help_text="Departures whose team may not lead them any more, nor anybody else."
    )
    not_judged = serializers.ListField(
        child=serializers.UUIDField(),
        help_text="Departures that only a person may change, or that rest on a record that cannot be read.",
    )
    not_tried = FragileResourceSerializer(many=True, help_text="What the time was too short to try.")
    unknown = serializers.ListField(
        child=serializers.CharField(), help_text="What is unknown because a sibling did not answer, in sentences."
    )


def represent_fragility(schedule: DailySchedule, kept: FragilityReport) -> dict[str, Any]:
    """The report as the API shows it, beside the revision of the daily schedule."""
    return {
        "schedule_id": str(schedule.schedule_id),
        "schedule_date": schedule.schedule_date.isoformat(),
        "_rev": kept.rev,
        "is_current": kept.rev == schedule.rev,
        "found_at": instant(kept.found_at),
        **kept.report,
        "facts_read_at": instant(datetime.fromisoformat(kept.report["facts_read_at"])),
    }
