"""The query of an optimization for a trip."""

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from novatrek_scheduling.api import fields
from novatrek_scheduling.api.serializers import ContractQuerySerializer
from novatrek_scheduling.company_time import earliest_today
from optimization.requests.query import TripQuery

MAX_RANGE_DAYS = 92


class OptimizationQuerySerializer(ContractQuerySerializer):
    """The trip, the range of dates and the guides to prefer."""

    trip_id = fields.UUIDField()
    date_range_start = fields.DateField(help_text="Today or later.")
    date_range_end = fields.DateField(help_text=f"Not before the start; a range has at most {MAX_RANGE_DAYS} days.")
    guide_ids = fields.CommaSeparatedField(
        child=fields.UUIDField(),
        required=False,
        max_length=200,
        help_text="Preferred guides: they are chosen before others, and dates that they can lead rank higher.",
    )
    max_results = fields.IntegerField(min_value=1, max_value=20, default=5)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = attrs["date_range_start"], attrs["date_range_end"]
        if first < earliest_today():
            raise serializers.ValidationError({"date_range_start": ["Is in the past; start today or later."]})
        if last < first:
            raise serializers.ValidationError({"date_range_end": ["Must not be before date_range_start."]})
        if last - first >= timedelta(days=MAX_RANGE_DAYS):
            raise serializers.ValidationError({"date_range_end": [f"A range has at most {MAX_RANGE_DAYS} days."]})
        return attrs

    def trip_query(self) -> TripQuery:
        """The validated query in the optimizer's terms."""
        query = self.validated_data
        first, last = query["date_range_start"], query["date_range_end"]
        return TripQuery(
            trip_id=query["trip_id"],
            days=tuple(first + timedelta(days=n) for n in range((last - first).days + 1)),
            preferred_guides=frozenset(query.get("guide_ids", ())),
        )
