"""Schedule requests, their processing and their outcomes."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scheduling.models.leased_work import LeasedWork, LeasedWorkQuerySet
from scheduling.models.search_words import SearchWords


class RequestStatus(models.TextChoices):
    PENDING = "PENDING", "pending"
    PROCESSING = "PROCESSING", "processing"
    COMPLETED = "COMPLETED", "completed"
    FAILED = "FAILED", "failed"


class Priority(models.TextChoices):
    NORMAL = "NORMAL", "normal"
    HIGH = "HIGH", "high"
    URGENT = "URGENT", "urgent"


class ScheduleRequest(models.Model):
    """A client's request for a trip. Other teams read this table.

    `constraints` holds trip_id, preferred_dates, priority, callback_url and the constraint fields of the contract as
    they were sent. `schedule_date` is the earliest preferred date, and the chosen one from completion on.
    """

    request_id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    schedule_date = models.DateField()
    requested_by = models.CharField(max_length=100)
    status = models.CharField(max_length=20, choices=RequestStatus.choices)
    constraints = models.JSONField(default=dict, db_default={}, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "schedule_requests"
        indexes = [
            models.Index(fields=["schedule_date"], name="idx_sched_req_date"),
            models.Index(fields=["status"], name="idx_sched_req_status"),
            models.Index(fields=["-created_at", "request_id"], name="schedule_requests_newest_first"),
            GinIndex(SearchWords("requested_by"), name="schedule_requests_words"),
        ]

    def __str__(self) -> str:
        return _("request of %(who)s for %(day)s") % {"who": self.requested_by, "day": date_format(self.schedule_date)}


class RequestJobQuerySet(LeasedWorkQuerySet["RequestJob"]):
    """The processing of schedule requests, as leased work."""


class RequestJob(LeasedWork):
    """The processing of a schedule request. Its status is the request's, which other teams read.

    `rounds` counts its postponements by contention, `silent_rounds` those by an unavailable sibling.
    """

    STATUS_FIELD = "request__status"
    PENDING = RequestStatus.PENDING
    UNDER_WAY = RequestStatus.PROCESSING

    request = models.OneToOneField(ScheduleRequest, models.CASCADE, primary_key=True, related_name="job")
    priority = models.CharField(max_length=10, choices=Priority.choices)
    rounds = models.PositiveSmallIntegerField(default=0)
    silent_rounds = models.PositiveSmallIntegerField(default=0, db_default=0)
    subject = models.CharField(max_length=100)
    # NULL and empty differ: only a key that was sent is unique.
    idempotency_key = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    body_hash = models.CharField(max_length=64)

    objects = RequestJobQuerySet.as_manager()

    class Meta:
        db_table = "request_jobs"
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="request_jobs_one_a_key",
            ),
        ]
        indexes = [models.Index(F("queued_at"), F("lease_until"), name="request_jobs_by_age")]

    def __str__(self) -> str:
        return _("work on a request, queued at %(when)s") % {"when": _local(self.queued_at)}


class OutcomeQuerySet(models.QuerySet["RequestOutcome"]):
    def following(self, departure_ids: Collection[UUID]) -> "OutcomeQuerySet":
        """The outcomes that follow these departures (`RequestOutcome.followed_departure_id`)."""
        chosen = Q(departure_id__in=departure_ids, rescheduled_departure_id=None)
        return self.filter(Q(rescheduled_departure_id__in=departure_ids) | chosen)


class RequestOutcome(models.Model):
    """The outcome of a schedule request: the result of the contract, or the error a client can act on.

    `departure_id` was chosen; `rescheduled_departure_id` is the one it was rescheduled as, if it was.
    """

    request = models.OneToOneField(ScheduleRequest, models.CASCADE, primary_key=True, related_name="outcome")
    result = models.JSONField(null=True, blank=True)
    error_code = models.CharField(max_length=50, blank=True)
    error_message = models.TextField(blank=True)
    completed_at = models.DateTimeField()
    run_id = models.UUIDField(null=True, blank=True)
    departure_id = models.UUIDField(null=True, blank=True)
    rescheduled_departure_id = models.UUIDField(null=True, blank=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        db_table = "request_outcomes"
        indexes = [
            models.Index(fields=["departure_id"], name="request_outcomes_by_departure"),
            models.Index(
                fields=["rescheduled_departure_id"],
                condition=Q(rescheduled_departure_id__isnull=False),
                name="request_outcomes_rescheduled",
            ),
        ]

    def __str__(self) -> str:
        return _("outcome of a request, at %(when)s") % {"when": _local(self.completed_at)}

    @property
    def followed_departure_id(self) -> UUID | None:
        """The departure that serves the request now."""
        return self.rescheduled_departure_id or self.departure_id


def _local(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
