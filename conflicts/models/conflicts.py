"""Conflicts of daily schedules."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext as _

from conflicts.choices import (
    TYPE_LABELS,
    ResolutionStatus,
)
from conflicts.detection import Cause, Severity
from scheduling.domain.limits import LONGEST_TRIP
from scheduling.models import DailySchedule
from scheduling.models.search_words import SearchWords


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
DESCRIPTION_WORDS = SearchWords(_text("description"))
"""The words by which conflicts are searched; an index has those of the open ones."""


class ConflictQuerySet(models.QuerySet["ScheduleConflict"]):
    def open(self) -> "ConflictQuerySet":
        return self.filter(resolved=False)

    def on(self, day: date) -> "ConflictQuerySet":
        """The conflicts of a date, by an index on the text in the details."""
        return self.alias(on_date=_text("conflict_date")).filter(on_date=day.isoformat())

    def between(self, first: date, last: date) -> "ConflictQuerySet":
        dated = self.alias(on_date=_text("conflict_date"))
        return dated.filter(on_date__gte=first.isoformat(), on_date__lte=last.isoformat())

    def shown_on(self, day: date, dates_out: models.QuerySet[Any, date]) -> "ConflictQuerySet":
        """Those of a date, of the earlier ones whose departures may be out still, and between earlier ones and it."""
        out = dates_out.annotate(text=Cast("schedule_date", models.TextField())).values("text")
        between = [cause.value for cause in Cause if cause.is_between_departures]
        dated = self.between(day - LONGEST_TRIP, day).alias(of_cause=_text("cause"))
        is_of_date = models.Q(on_date=day.isoformat()) | models.Q(on_date__in=out)
        return dated.filter(is_of_date | models.Q(of_cause__in=between))

    def about_waiting_guests(self, days: Collection[date]) -> "ConflictQuerySet":
        """Those of these dates about guests who wait for any departure of a trip."""
        dated = self.alias(on_date=_text("conflict_date")).filter(on_date__in=[day.isoformat() for day in days])
        return dated.filter(details__cause=Cause.GUESTS_WITHOUT_PLACE, details__departure_ids=[])

    def ranked(self, severity: Severity) -> "ConflictQuerySet":
        """The conflicts of a severity, the oldest first; of the open ones, or those of a date, in an index's order.

        The order has PostgreSQL read the index also where it expects many of them: resolved ones are apart there.
        """
        return self.filter(Exact(SEVERITY_RANK, models.Value(severity.rank))).order_by("detected_at", "pk")

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
            # Serves the open ones of a date, the worst first: however many of it are resolved, they are not looked at.
            models.Index(
                _text("conflict_date"),
                SEVERITY_RANK.desc(),
                "detected_at",
                "conflict_id",
                condition=models.Q(resolved=False),
                name="idx_conflict_open_of_date",
            ),
            GinIndex(DESCRIPTION_WORDS, condition=models.Q(resolved=False), name="idx_conflict_open_words"),
            models.Index(_text("region_id"), _text("conflict_date"), "resolved", name="idx_conflict_by_region"),
            models.Index(_text("severity"), _text("conflict_date"), "resolved", name="idx_conflict_by_severity"),
        ]
        permissions = [
            ("resolve_scheduleconflict", "Can resolve conflicts"),
            ("override_scheduleconflict", "Can resolve conflicts against warnings"),
        ]

    def __str__(self) -> str:
        facts = {
            "kind": self.get_conflict_type_display(),
            "day": self.details.get("conflict_date") or _("an unknown date"),
        }
        return _("%(kind)s: conflict of %(day)s") % facts

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
