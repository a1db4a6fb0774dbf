"""From a snapshot to everything a decision is made on: hazards in force, and what our own history knows."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, DurationField, ExpressionWrapper, F, Sum
from django.utils import timezone

from scheduling.domain.facts import Snapshot, Span
from scheduling.hazards import hazards_in_force
from scheduling.models import GuideCommitment
from scheduling.rules import Facts

FAIRNESS_WINDOW = timedelta(days=14)
MEMORY = timedelta(days=365)


def gather_facts(snapshot: Snapshot) -> Facts:
    """The snapshot with the hazards that touch its days and what its guides did before."""
    begins = datetime.combine(min(snapshot.days), time.min, timezone.now().tzinfo) - timedelta(days=1)
    ends = datetime.combine(max(snapshot.days), time.max, timezone.now().tzinfo) + timedelta(days=15)
    return Facts(
        snapshot=snapshot,
        hazards=hazards_in_force(Span(begins, ends)),
        led=_departures_led(snapshot),
        recent_hours=hours_of_guides(snapshot),
    )


def _departures_led(snapshot: Snapshot) -> dict[UUID, dict[UUID, int]]:
    now = timezone.now()
    past = GuideCommitment.objects.filter(ends_at__lt=now, ends_at__gt=now - MEMORY, guide_id__in=snapshot.guides)
    led: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for place in ("trip_id", "trail_id"):
        known = snapshot.trips if place == "trip_id" else snapshot.trails
        counted = past.filter(**{f"{place}__in": known}).values("guide_id", place).annotate(times=Count("id"))
        for row in counted:
            led[row["guide_id"]][row[place]] = row["times"]
    return led


def hours_of_guides(snapshot: Snapshot) -> dict[UUID, float]:
    """Hours on departures in the 14 days before the first of the snapshot's days, by guide."""
    first = min(snapshot.days)
    rows = (
        GuideCommitment.objects.filter(schedule_date__lt=first, schedule_date__gte=first - FAIRNESS_WINDOW)
        .filter(guide_id__in=snapshot.guides)
        .values("guide_id")
        .annotate(worked=Sum(ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())))
    )
    return {row["guide_id"]: row["worked"].total_seconds() / 3600 for row in rows}
