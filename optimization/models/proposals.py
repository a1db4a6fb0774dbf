"""The rows of proposals."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models
from django.utils import timezone

from scheduling.models import LeasedWork, LeasedWorkQuerySet

LIFETIME = timedelta(hours=2)
"""How long after it was made a proposal may be accepted: what it rests on changes."""
KEPT_FOR = timedelta(days=14)
"""How long a proposal stays after it expired, for those who ask what was proposed and what was taken of it."""


def expiry_from_now() -> datetime:
    """Return the expiry of a proposal that is made now."""
    return timezone.now() + LIFETIME


class ProposalQuerySet(LeasedWorkQuerySet["Proposal"]):
    def waiting(self, now: datetime) -> "ProposalQuerySet":
        """The proposals that are being made or wait for a person."""
        return self.filter(status__in=Proposal.OPEN, expires_at__gt=now)

    def to_purge(self, now: datetime) -> "ProposalQuerySet":
        """The proposals that expired long ago."""
        return self.filter(expires_at__lt=now - KEPT_FOR)


class Proposal(LeasedWork):
    """A plan of some regions of a date that nobody has decided on yet. Nothing of it is in the daily schedule.

    A worker makes it: PENDING, COMPUTING at a `step`, then READY or FAILED with its `error`. From READY a person
    accepts it, in parts or whole, or drops it. It is made anew (PENDING again) with another limit of changes, or where
    a departure of it changed; `rebased_from` is the revision that it was made on before that, null where it was not.

    `rev` is the revision of the daily schedule it is made on, 0 before the date has one; `run_id` the optimization run.
    No `region_ids`: all of the date. `max_changes` limits the reassigned guides, null is no limit. Without `keeps_pins`
    pinned guides may be moved as well; guides of `standby_ids` are left free, unless they are pinned. `plan` has what
    it changes, as intent (`optimization/proposals/plans.py`), `curve` the points of the change curve, `accepted` who
    took which departures when, at which revision.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", "waiting for a worker"
        COMPUTING = "COMPUTING", "being made"
        READY = "READY", "to be decided"
        ACCEPTED = "ACCEPTED", "accepted"
        DROPPED = "DROPPED", "dropped"
        FAILED = "FAILED", "failed"

    class Step(models.TextChoices):
        """What a worker does one after another while it makes a proposal."""

        READING = "READING", "reading guides, trails and weather"
        PLANNING = "PLANNING", "choosing teams"
        CHECKING = "CHECKING", "checking the plan"
        COMPARING = "COMPARING", "comparing limits of changes"

    STATUS_FIELD = "status"
    PENDING = Status.PENDING
    UNDER_WAY = Status.COMPUTING
    BEING_MADE = (Status.PENDING, Status.COMPUTING)
    OPEN = (*BEING_MADE, Status.READY)

    proposal_id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    schedule_date = models.DateField()
    region_ids = models.JSONField(default=list)
    max_changes = models.PositiveSmallIntegerField(null=True, blank=True)
    keeps_pins = models.BooleanField(default=True, db_default=True)
    standby_ids = models.JSONField(default=list, db_default=[])
    requested_by = models.CharField(max_length=250)
    requested_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=expiry_from_now)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    step = models.CharField(max_length=12, choices=Step.choices, default=Step.READING)
    rev = models.PositiveIntegerField(default=0)
    rebased_from = models.PositiveIntegerField(null=True, blank=True)
    run_id = models.UUIDField(null=True, blank=True)
    plan = models.JSONField(default=dict)
    curve = models.JSONField(default=list)
    accepted = models.JSONField(default=list)
    error = models.TextField(blank=True)
    decided_by = models.CharField(max_length=250, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        db_table = "proposals"
        ordering = ["-requested_at", "pk"]
        indexes = [
            models.Index(fields=["schedule_date", "status"], name="idx_proposals_date"),
            models.Index(fields=["expires_at"], name="idx_proposals_expiry"),
        ]
        constraints = [
            # Two people who ask for the same at once get one proposal.
            models.UniqueConstraint(
                fields=["schedule_date", "region_ids", "max_changes", "keeps_pins", "standby_ids"],
                condition=models.Q(status__in=["PENDING", "COMPUTING"]),
                nulls_distinct=False,
                name="proposals_equal_made_once",
            )
        ]

    def __str__(self) -> str:
        return f"proposal for {self.schedule_date}: {self.status}"

    @property
    def is_being_made(self) -> bool:
        return self.status in self.BEING_MADE

    def may_be_decided(self, now: datetime) -> bool:
        """Return whether a person may still accept or drop it at `now` (aware)."""
        return self.status == self.Status.READY and now < self.expires_at
