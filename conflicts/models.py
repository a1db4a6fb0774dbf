"""Conflicts, their resolutions and accepted risks."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import Exact
from django.utils import timezone

from conflicts.choices import (
    SEVERITY_LABELS,
    TYPE_LABELS,
    AcceptanceEnding,
    EventKind,
    ResolutionStatus,
    Strategy,
)
from conflicts.detection import Cause, Severity
from scheduling.models import DailySchedule
from scheduling.models.triggers import append_only


def _text(key: str) -> KeyTextTransform:
    return KeyTextTransform(key, "details")


SEVERITY_RANK = models.Case(
    *[
        models.When(Exact(_text("severity"), models.Value(severity.value)), then=models.Value(severity.rank))
        for severity in Severity
    ],
    default=models.Value(0),
)
"""How severe a conflict is, from 0; an index has the conflicts in this order."""


class ConflictQuerySet(models.QuerySet["ScheduleConflict"]):
    def open(self) -> "ConflictQuerySet":
        return self.filter(resolved=False)

    def on(self, day: date) -> "ConflictQuerySet":
        """The conflicts of a date, by an index on the text in the details."""
        return self.alias(on_date=_text("conflict_date")).filter(on_date=day.isoformat())

    def between(self, first: date, last: date) -> "ConflictQuerySet":
        dated = self.alias(on_date=_text("conflict_date"))
        return dated.filter(on_date__gte=first.isoformat(), on_date__lte=last.isoformat())

    def about_waiting_guests(self, days: Collection[date]) -> "ConflictQuerySet":
        """Those of these dates about guests who wait for any departure of a trip."""
        dated = self.alias(on_date=_text("conflict_date")).filter(on_date__in=[day.isoformat() for day in days])
        return dated.filter(details__cause=Cause.GUESTS_WITHOUT_PLACE, details__departure_ids=[])

    def of_severity(self, severity: str) -> "ConflictQuerySet":
        return self.alias(of_severity=_text("severity")).filter(of_severity=severity)


class ScheduleConflict(models.Model):
    """A conflict in a daily schedule. Other teams read this table; `details` is the whole conflict as JSON."""

    conflict_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    schedule = models.ForeignKey(
        DailySchedule, on_delete=models.PROTECT, related_name="conflicts", db_column="schedule_id", db_index=False
    )
    conflict_type = models.CharField(max_length=30, choices=TYPE_LABELS)
    details = models.JSONField()
    resolved = models.BooleanField(default=False, db_default=False)
    detected_at = models.DateTimeField(default=timezone.now)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        db_table = "schedule_conflicts"
        verbose_name = "conflict"
        constraints = [
            models.UniqueConstraint(
                _text("fingerprint"), condition=models.Q(resolved=False), name="schedule_conflicts_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["schedule"], name="idx_conflict_schedule"),
            # Serves the list of one date in its order, open or resolved.
            models.Index(_text("conflict_date"), "resolved", "detected_at", "conflict_id", name="idx_conflict_by_date"),
            # Serves the queue: the worst first, of those the oldest.
            models.Index("resolved", SEVERITY_RANK.desc(), "detected_at", "conflict_id", name="idx_conflict_queue"),
            models.Index(_text("region_id"), _text("conflict_date"), "resolved", name="idx_conflict_by_region"),
            models.Index(_text("severity"), _text("conflict_date"), "resolved", name="idx_conflict_by_severity"),
        ]
        permissions = [
            ("resolve_scheduleconflict", "Can resolve conflicts"),
            ("override_scheduleconflict", "Can resolve conflicts against warnings"),
        ]

    def __str__(self) -> str:
        return f"{self.get_conflict_type_display()}: conflict on {self.details.get('conflict_date', 'an unknown date')}"

    @property
    def severity(self) -> Severity:
        return Severity(self.details["severity"])

    @property
    def day(self) -> date:
        return date.fromisoformat(self.details["conflict_date"])

    @property
    def departure_ids(self) -> frozenset[uuid.UUID]:
        """The departures that it is about; none where guests wait for any departure of a trip."""
        return frozenset(map(uuid.UUID, self.details.get("departure_ids", [])))

    @property
    def resolved_at(self) -> datetime | None:
        times = [r.resolved_at for r in self.resolutions.all() if r.status != ResolutionStatus.FAILED]
        return times[0] if times else None


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
        return f"{self.get_strategy_display() or 'Cleared'} by {self.resolved_by}"


class AcceptanceQuerySet(models.QuerySet["RiskAcceptance"]):
    def in_force(self, at: datetime) -> "AcceptanceQuerySet":
        return self.filter(ended_at=None, accepted_at__lte=at, expires_at__gt=at)

    def due(self, at: datetime) -> "AcceptanceQuerySet":
        """Those that have expired and were not ended yet."""
        return self.filter(ended_at=None, expires_at__lte=at)

    def end(self, ending: AcceptanceEnding, *, at: datetime, by: str = "") -> int:
        """End those that nobody has ended yet, and return how many."""
        return self.filter(ended_at=None).update(ending=ending, ended_at=at, ended_by=by)


class RiskAcceptance(models.Model):
    """The acceptance of a conflict's risk by its owner.

    Silences the fingerprint until `expires_at`, until it is withdrawn, or until the risk is worse than accepted.
    """

    conflict = models.ForeignKey(ScheduleConflict, on_delete=models.PROTECT, related_name="acceptances")
    fingerprint = models.CharField(max_length=64)
    severity = models.CharField(max_length=10, choices=SEVERITY_LABELS)
    evidence_digest = models.CharField(max_length=64)
    owner = models.CharField(max_length=150)
    reason = models.TextField()
    accepted_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=10, choices=AcceptanceEnding.choices, blank=True, default="", db_default="")
    ended_by = models.CharField(max_length=150, blank=True, default="", db_default="")

    objects = AcceptanceQuerySet.as_manager()

    class Meta:
        db_table = "risk_acceptances"
        indexes = [
            models.Index(fields=["fingerprint", "expires_at"], name="risk_acceptances_in_force"),
            models.Index(fields=["expires_at"], condition=models.Q(ended_at=None), name="risk_acceptances_due"),
            models.Index(fields=["-accepted_at"], name="risk_acceptances_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_severity_display()} risk accepted by {self.owner}"

    def is_in_force(self, at: datetime) -> bool:
        return self.ended_at is None and self.accepted_at <= at < self.expires_at

    def silences(self, severity: str, *, is_covered: bool) -> bool:
        """Return whether the conflict stays accepted as it is now; `is_covered` says that its evidence is no worse.

        With such evidence it is more severe for being published, which honours the acceptance, or for being near:
        CRITICAL is for others to accept.
        """
        becomes_critical = severity == Severity.CRITICAL != self.severity
        return is_covered and not becomes_critical


class AcceptedRisk(NamedTuple):
    """What a list says of the acceptance by which a conflict was resolved."""

    owner: str
    reason: str
    accepted_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ending: str


class ListedConflict(NamedTuple):
    """A conflict as a list shows it: of `details` the keys that are stored, and how it ended where it did."""

    conflict_id: UUID
    conflict_type: str
    details: Mapping[str, Any]
    resolved: bool
    detected_at: datetime
    resolved_at: datetime | None
    accepted_risk: AcceptedRisk | None


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
