"""The rows of optimization runs."""

from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


class RunStatus(models.TextChoices):
    """The life cycle of a run: RUNNING, then COMPLETED or FAILED."""

    RUNNING = "RUNNING", "running"
    COMPLETED = "COMPLETED", "completed"
    FAILED = "FAILED", "failed"


class Algorithm(models.TextChoices):
    """The algorithm that found a run's plan."""

    MILP_HIGHS = "milp-highs", "proven or best found (HiGHS)"
    GREEDY = "greedy", "greedy fallback"


class OptimizationRun(models.Model):
    """One execution of an algorithm over a date.

    Other teams read this table. `duration_ms` is in milliseconds; `score` is 0 to 100, null until the run completes.
    """

    run_id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    schedule_date = models.DateField()
    algorithm = models.CharField(max_length=30, choices=Algorithm.choices)
    duration_ms = models.IntegerField(default=0)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    status = models.CharField(max_length=20, choices=RunStatus.choices)
    started_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "optimization_runs"
        indexes = [
            models.Index(fields=["schedule_date"], name="idx_opt_run_date"),
            models.Index(fields=["-started_at"], name="optimization_runs_newest"),
        ]

    def __str__(self) -> str:
        return _("optimization of %(day)s") % {"day": date_format(self.schedule_date)}


class RunDetail(models.Model):
    """The details of a run: its scope, inputs, size, quality and error.

    `objective` has the attained objectives and their bounds, `inputs` the hash of the problem, the age in seconds of
    each sibling's facts, what silent siblings left unknown, and the records that were left out. `gap` is relative, 0
    for a proven optimum. `max_changes` limits the reassigned guides, null is no limit; `moved` counts them. Of a run
    with gaps `gaps_checked_at` is when siblings were last asked whether they have closed, `planned_again_at` when its
    date was queued again.
    """

    class Subject(models.TextChoices):
        DAY = "DAY", "a day"
        REQUEST = "REQUEST", "a schedule request"
        QUESTION = "QUESTION", "a question (nothing written)"

    run = models.OneToOneField(OptimizationRun, models.CASCADE, primary_key=True, related_name="detail")
    subject = models.CharField(max_length=10, choices=Subject.choices)
    region_ids = models.JSONField(default=list)
    request_id = models.UUIDField(null=True, blank=True)
    max_changes = models.IntegerField(null=True, blank=True)
    moved = models.IntegerField(null=True, blank=True)
    proof = models.CharField(max_length=12, blank=True)
    gap = models.FloatField(null=True, blank=True)
    solve_ms = models.IntegerField(default=0)
    variables = models.IntegerField(default=0)
    rows = models.IntegerField(default=0)
    staffed = models.IntegerField(default=0)
    unstaffed = models.IntegerField(default=0)
    objective = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    gaps_checked_at = models.DateTimeField(null=True, blank=True)
    planned_again_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "run_details"

    def __str__(self) -> str:
        return f"details of {self.run_id}"


class RunJoin(models.Model):
    """A caller that waited for a run of the same scope under way instead of optimizing a second time."""

    run = models.ForeignKey(OptimizationRun, models.CASCADE, related_name="joins")
    by = models.CharField(max_length=250)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "run_joins"
        ordering = ["joined_at", "pk"]

    def __str__(self) -> str:
        return f"{self.by} joined {self.run_id}"
