"""Daily schedules, their revisions and the commitments of guides."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Self
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scheduling.domain.document import ScheduleDocument
from scheduling.errors import StaleRevision
from scheduling.models import edit_triggers, entry_triggers, triggers
from scheduling.models.bounds import dates_can_be_read, moments_can_be_read
from scheduling.models.stored_edits import StoredEdits, store_edits

_SCHEDULE_NAMESPACE = uuid5(NAMESPACE_URL, "https://novatrek.example.com/daily-schedules")


def schedule_id_of(day: date) -> UUID:
    """Return the id of a date's daily schedule, a UUID of version 5, whether or not it has a row yet."""
    return uuid5(_SCHEDULE_NAMESPACE, day.isoformat())


def empty_document() -> dict[str, Any]:
    return ScheduleDocument().write()


class DailySchedule(models.Model):
    """The one document for a date, all regions in it. Other teams read this table."""

    schedule_id = models.UUIDField(primary_key=True, editable=False)
    schedule_date = models.DateField()
    assignments = models.JSONField(default=empty_document)
    rev = models.IntegerField(db_column="_rev", default=1, db_default=1, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    stored_edits: StoredEdits | None = None

    class Meta:
        db_table = "daily_schedules"
        permissions = [("publish_dailyschedule", "Can publish daily schedules")]
        constraints = [models.UniqueConstraint(fields=["schedule_date"], name="idx_daily_sched_date")]
        triggers = [
            triggers.revision_steps_by_one,
            triggers.identity_stays,
            triggers.adjustments_have_one_owner,
            triggers.no_unnamed_truncate,
            edit_triggers.edits_are_applied,
            edit_triggers.edits_stand_alone,
            triggers.every_revision_is_kept,
            triggers.departures_are_on_one_date,
            triggers.departures_go_with_their_table,
            entry_triggers.entries_are_kept_by_period,
            entry_triggers.no_entries_without_documents,
        ]

    def __str__(self) -> str:
        return _("%(day)s at revision %(rev)d") % {"day": date_format(self.schedule_date), "rev": self.rev}

    @property
    def document(self) -> ScheduleDocument:
        return ScheduleDocument.read(self.assignments)

    def save_if_unchanged(
        self, *, since_rev: int, fields: Iterable[str], edits: Mapping[str, Any] | None = None
    ) -> None:
        """Write `fields` and increment the revision. Raises StaleRevision after a write since `since_rev`.

        `edits` are changed departures and entries that PostgreSQL puts into the document (`edits_sql`): `assignments`
        is not among the fields, and is read as it was stored once somebody asks this object for it.
        Every write of a daily schedule goes through here (docs/decisions/0002-version-checked-save-and-triggers.md).
        """
        changes: dict[str, Any] = {name: getattr(self, name) for name in fields}
        changes |= {"rev": since_rev + 1, "updated_at": timezone.now()}
        if edits is not None:
            self.stored_edits = store_edits(DailySchedule, self.pk, since_rev, edits, changes)
            is_written = self.stored_edits is not None
        else:
            is_written = bool(DailySchedule.objects.filter(pk=self.pk, rev=since_rev).update(**changes))
        if not is_written:
            raise self._stale(since_rev)
        for name, value in changes.items():
            setattr(self, name, value)
        if edits is not None:
            vars(self).pop("assignments", None)

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Self] | None = None,
    ) -> None:
        """Read fields anew; the document, once this object has stored edits of it, at this object's revision alone.

        Raises StaleRevision where that has been written over.
        """
        fields = None if fields is None else [*fields]
        if self.stored_edits is None or fields != ["assignments"] or "assignments" in vars(self):
            super().refresh_from_db(using, fields, from_queryset)
            return
        rows = type(self)._base_manager.db_manager(using) if from_queryset is None else from_queryset
        try:
            super().refresh_from_db(using, fields, rows.filter(rev=self.rev))
        except type(self).DoesNotExist as error:
            raise self._stale(self.rev) from error

    def _stale(self, since_rev: int) -> StaleRevision:
        current = DailySchedule.objects.filter(pk=self.pk).values_list("rev", flat=True).first()
        return StaleRevision(self.schedule_date, since_rev=since_rev, current_rev=current or 0)


class ScheduleRevision(models.Model):
    """The changes of one write to a daily schedule and their author. A trigger inserts the rows; they are permanent.

    `changes` has the form of `scheduling.domain.difference`: departures and guides with their changed fields, each
    with its old and new value; a value that was or became absent is absent there too.
    """

    schedule_id = models.UUIDField()
    schedule_date = models.DateField()
    rev = models.IntegerField()
    kind = models.CharField(max_length=40)
    author = models.CharField(max_length=150)
    process = models.CharField(max_length=80, blank=True)
    run_id = models.UUIDField(null=True)
    cause = models.TextField(blank=True)
    changes = models.JSONField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "schedule_revisions"
        ordering = ["schedule_id", "-rev"]
        constraints = [models.UniqueConstraint(fields=["schedule_id", "rev"], name="schedule_revisions_one_a_write")]
        triggers = [triggers.history_is_append_only, triggers.no_unnamed_truncate_of_history]

    def __str__(self) -> str:
        facts = {"day": date_format(self.schedule_date), "rev": self.rev, "who": self.author}
        return _("%(day)s, revision %(rev)d by %(who)s") % facts


class DepartureDate(models.Model):
    """The date of a departure: an id is in the document of one date, whoever writes it.

    A trigger on daily schedules keeps the rows, and only it writes them. The key is checked when a transaction ends, so
    that a departure may move from one date to another in it.
    """

    departure_id = models.UUIDField()
    schedule_date = models.DateField()

    class Meta:
        db_table = "departure_dates"
        constraints = [
            models.UniqueConstraint(
                fields=["departure_id"], name=triggers.ONE_DATE, deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.departure_id} on {self.schedule_date}"


class GuideCommitment(models.Model):
    """A guide's place on a departure, over all dates and regions: the table that answers whether a guide is free.

    It is rewritten in the transaction that writes the daily schedule, never on its own.
    """

    guide_id = models.UUIDField()
    departure_id = models.UUIDField()
    schedule_date = models.DateField()
    trip_id = models.UUIDField()
    trail_id = models.UUIDField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "guide_commitments"
        constraints = [
            dates_can_be_read("schedule_date", name="guide_commitments_have_readable_dates"),
            moments_can_be_read("starts_at", "ends_at", name="guide_commitments_have_readable_times"),
            models.UniqueConstraint(
                fields=["departure_id", "schedule_date", "guide_id"], name="guide_commitments_once_a_departure"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="guide_commitments_end_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["guide_id", "starts_at"], name="guide_commitments_by_guide"),
            models.Index(fields=["schedule_date"], name="guide_commitments_by_date"),
            models.Index(fields=["trip_id", "starts_at"], name="guide_commitments_by_trip"),
        ]

    def __str__(self) -> str:
        return _("a guide's place on %(day)s") % {"day": date_format(self.schedule_date)}
