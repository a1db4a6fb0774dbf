"""Attempts to resolve conflicts."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from conflicts.choices import (
    ResolutionStatus,
    Strategy,
)
from conflicts.models.conflicts import ScheduleConflict


class ConflictResolution(models.Model):
    """An attempt to resolve a conflict; without a strategy the system cleared it, as its facts no longer held.

    `messages` are the ids of the messages to siblings, `downstream` is the state of their deliveries.
    """

    conflict = models.ForeignKey(ScheduleConflict, on_delete=models.PROTECT, related_name="resolutions")
    option_id = models.UUIDField(null=True, blank=True)
    strategy = models.CharField(max_length=20, choices=Strategy.choices, blank=True)
    status = models.CharField(max_length=20, choices=ResolutionStatus.choices)
    resolved_by = models.CharField(max_length=150)
    notes = models.TextField(blank=True)
    is_override = models.BooleanField(default=False, db_default=False)
    revisions = models.JSONField(default=dict, db_default={})
    new_conflicts = models.JSONField(default=list, db_default=[])
    messages = models.JSONField(default=list, db_default=[])
    downstream = models.JSONField(default=list, db_default=[])
    resolved_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "conflict_resolutions"
        verbose_name = "resolution"
        constraints = [
            models.UniqueConstraint(
                fields=["conflict"],
                condition=~models.Q(status=ResolutionStatus.FAILED),
                name="conflict_resolutions_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["resolved_at"],
                condition=models.Q(status=ResolutionStatus.PARTIALLY_RESOLVED),
                name="conflict_resolutions_open",
            ),
            models.Index(fields=["-resolved_at"], name="conflict_resolutions_newest"),
        ]

    def __str__(self) -> str:
        facts = {"what": self.get_strategy_display() or _("Cleared"), "who": self.resolved_by}
        return _("%(what)s, by %(who)s") % facts
