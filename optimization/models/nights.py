"""The rows of nights."""

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scheduling.models import LeasedWork, LeasedWorkQuerySet


class Night(models.Model):
    """One nightly optimization of the whole horizon, from the message that began it to its summary.

    `summary` has the figures of the night once its last date is done; `error` the reason for which it failed.
    """

    class Status(models.TextChoices):
        RUNNING = "RUNNING", "running"
        COMPLETED = "COMPLETED", "completed"
        FAILED = "FAILED", "failed"

    night_id = models.UUIDField(primary_key=True, editable=False)
    first_day = models.DateField()
    last_day = models.DateField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.RUNNING)
    started_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    summary = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "nights"
        constraints = [
            # One night at a time, whether beat or a person began it, and however often the message arrived.
            models.UniqueConstraint(
                fields=["status"], condition=models.Q(status="RUNNING"), name="nights_one_under_way"
            )
        ]

    def __str__(self) -> str:
        return _("night of %(first)s to %(last)s") % {
            "first": date_format(self.first_day),
            "last": date_format(self.last_day),
        }


class NightDateQuerySet(LeasedWorkQuerySet["NightDate"]):
    """The dates of nights, as leased work."""


class NightDate(LeasedWork):
    """A date of a night for one cluster of regions. A cluster's dates are planned one after another."""

    class Status(models.TextChoices):
        PENDING = "PENDING", "pending"
        RUNNING = "RUNNING", "running"
        COMPLETED = "COMPLETED", "completed"
        FAILED = "FAILED", "failed"

    STATUS_FIELD = "status"
    PENDING = Status.PENDING
    UNDER_WAY = Status.RUNNING
    DONE = (Status.COMPLETED, Status.FAILED)

    night = models.ForeignKey(Night, models.CASCADE, related_name="dates")
    cluster = models.PositiveSmallIntegerField()
    schedule_date = models.DateField()
    region_ids = models.JSONField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING)
    run_id = models.UUIDField(null=True, blank=True)
    is_joined = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    objects = NightDateQuerySet.as_manager()

    class Meta:
        db_table = "night_dates"
        ordering = ["night", "cluster", "schedule_date"]
        constraints = [
            models.UniqueConstraint(fields=["night", "cluster", "schedule_date"], name="night_dates_once_a_night")
        ]

    def __str__(self) -> str:
        return f"{self.schedule_date} of cluster {self.cluster}: {self.status}"
