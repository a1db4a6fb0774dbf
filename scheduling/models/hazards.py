"""Hazards: wildlife alerts and emergencies as rows."""

from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q

from scheduling.models.bounds import are_lists_of_ids, is_in_short, moments_can_be_read


class HazardKind(models.TextChoices):
    WILDLIFE = "WILDLIFE", "wildlife"
    WEATHER = "WEATHER", "weather"
    EMERGENCY = "EMERGENCY", "emergency"


class HazardQuerySet(models.QuerySet["Hazard"]):
    def in_force(self, starts_at: datetime, ends_at: datetime) -> "HazardQuerySet":
        """The hazards that have not been released and overlap the time from `starts_at` to `ends_at` (aware)."""
        started = Q(starts_at__lt=ends_at)
        not_ended = Q(ends_at=None) | Q(ends_at__gt=starts_at)
        return self.filter(started & not_ended, released_at=None)


class Hazard(models.Model):
    """A wildlife alert or an emergency as its event reported it, until it expires or is released.

    `closes_trails`: no departure may use its trails. `guide_ids` are the guides whom the emergency holds; they lead
    nothing else meanwhile.
    """

    hazard_id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20, choices=HazardKind.choices)
    severity = models.CharField(max_length=10)
    description = models.TextField()
    trail_ids = models.JSONField(default=list, db_default=[])
    guide_ids = models.JSONField(default=list, db_default=[])
    region_id = models.UUIDField(null=True, blank=True)
    reservation_id = models.UUIDField(null=True, blank=True)
    departure_id = models.UUIDField(null=True, blank=True)
    closes_trails = models.BooleanField(default=False, db_default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = HazardQuerySet.as_manager()

    class Meta:
        db_table = "hazards"
        permissions = [("release_hazard", "Can release hazards")]
        constraints = [
            moments_can_be_read(
                "starts_at", "ends_at", "released_at", "recorded_at", name="hazards_have_readable_times"
            ),
            are_lists_of_ids("trail_ids", "guide_ids", name="hazards_have_readable_ids"),
            models.CheckConstraint(condition=Q(kind__in=HazardKind.values), name="hazards_are_of_a_kind"),
            is_in_short("description", name="hazards_are_in_short"),
        ]
        indexes = [
            models.Index(fields=["starts_at"], condition=Q(released_at=None), name="hazards_not_released"),
        ]

    def __str__(self) -> str:
        return self.description

    def closes(self, trail_id: UUID) -> bool:
        """Return whether the hazard closes this trail."""
        return self.closes_trails and str(trail_id) in self.trail_ids
