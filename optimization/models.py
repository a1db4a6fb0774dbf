"""The rows of optimization runs and of nights."""

from uuid import uuid4

from django.db import models
from django.utils import timezone

from scheduling.models import LeasedWork, LeasedWorkQuerySet


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
        indexes = [models.Index(fields=["schedule_date"], name="idx_opt_run_date")]

    def __str__(self) -> str:
        return f"{self.algorithm} over {self.schedule_date}: {self.status}"


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
        return f"night over {self.first_day} to {self.last_day}: {self.status}"


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


class FragilityReport(models.Model):
    """What single losses would do to a date, as last found; one row a date.

    `rev` is the revision of the daily schedule it is about, `report` its JSON (`optimization/fragility/report.py`).
    """

    schedule_date = models.DateField(primary_key=True)
    rev = models.PositiveIntegerField()
    found_at = models.DateTimeField()
    report = models.JSONField()

    class Meta:
        db_table = "fragility_reports"

    def __str__(self) -> str:
        return f"fragility of {self.schedule_date} at revision {self.rev}"
