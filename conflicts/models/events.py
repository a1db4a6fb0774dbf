"""What happened to conflicts."""

from django.db import models
from django.utils import timezone

from conflicts.choices import (
    EventKind,
)
from conflicts.models.conflicts import ScheduleConflict
from scheduling.models.triggers import append_only


class ConflictEvent(models.Model):
    """Something that happened to a conflict, written in the transaction in which it happened.

    The events of a fingerprint are the whole history: of the conflict, and of those that were the same before it.
    `by` is a person, or empty for the system; `facts` are what the sentence about the event needs.
    """

    conflict = models.ForeignKey(ScheduleConflict, on_delete=models.PROTECT, related_name="events")
    fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    by = models.CharField(max_length=150, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)
    facts = models.JSONField(default=dict)

    class Meta:
        db_table = "conflict_events"
        verbose_name = "event of a conflict"
        verbose_name_plural = "events of conflicts"
        indexes = [models.Index(fields=["fingerprint", "id"], name="conflict_events_in_order")]
        triggers = [append_only("conflict_events_are_append_only", what="the history of conflicts")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.occurred_at:%Y-%m-%d %H:%M:%S}"
