"""The accepted risks of a daily schedule on the wire."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from rest_framework import serializers

from novatrek_scheduling.api.serializers import SparseSerializer, instant
from scheduling.domain.accepted_risks import AcceptedRisk
from scheduling.models import schedule_id_of


class AcceptedRiskOfDateSerializer(SparseSerializer):
    """What is wrong with some departures, and who answers for keeping them as they are."""

    departure_ids = serializers.ListField(
        child=serializers.UUIDField(), help_text="Departures of the date, or of one before that is still under way."
    )
    description = serializers.CharField(help_text="The conflict as it was accepted.")
    accepted_by = serializers.CharField(help_text="Who answers for the risk.")
    accepted_until = serializers.DateTimeField(help_text="Until when it is accepted.")
    reason = serializers.CharField(help_text="Why it was accepted.")


class AcceptedRisksSerializer(SparseSerializer):
    """The risks of a date that are accepted now, the first accepted first."""

    schedule_id = serializers.UUIDField()
    schedule_date = serializers.DateField()
    accepted_risks = AcceptedRiskOfDateSerializer(many=True, help_text="The first accepted first.")


def represent_accepted_risks(day: date, risks: Iterable[AcceptedRisk]) -> dict[str, Any]:
    """The accepted risks of a date as the API shows them."""
    return {
        "schedule_id": str(schedule_id_of(day)),
        "schedule_date": day.isoformat(),
        "accepted_risks": [
            {
                "departure_ids": sorted(map(str, risk.departure_ids)),
                "description": risk.description,
                "accepted_by": risk.owner,
                "accepted_until": instant(risk.expires_at),
                "reason": risk.reason,
            }
            for risk in risks
        ],
    }
