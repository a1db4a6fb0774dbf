"""Passes of the monitors."""

from django.db import models
from django.utils import timezone


class MonitorPass(models.Model):
    """One pass of the monitors over the watched dates, in the hands of one worker until its lease lapses.

    Each pass is a row of its own, so that its id is the fencing token: a worker that outlived its lease stores nothing
    more. `not_read` says what siblings left unknown and which dates could not be judged; a pass with any of it is
    incomplete, and the conflicts of what was not read are as they were.
    """

    class Status(models.TextChoices):
        RUNNING = "RUNNING", "running"
        COMPLETED = "COMPLETED", "completed"
        ABANDONED = "ABANDONED", "abandoned"

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    started_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    read_seconds = models.FloatField(default=0)
    dates = models.PositiveIntegerField(default=0)
    departures = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    cleared = models.PositiveIntegerField(default=0)
    not_read = models.JSONField(default=list)

    class Meta:
        db_table = "monitor_passes"
        verbose_name = "pass of the monitors"
        verbose_name_plural = "passes of the monitors"
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=models.Q(status="RUNNING"), name="monitor_passes_one_under_way"
            )
        ]
        indexes = [models.Index(fields=["started_at"], name="monitor_passes_by_start")]

    def __str__(self) -> str:
        return f"pass of {self.started_at:%Y-%m-%d %H:%M:%S}: {self.status}"

    @property
    def is_complete(self) -> bool:
        """Return whether everything that is watched was read and judged."""
        return self.status == self.Status.COMPLETED and not self.not_read
