"""What guides entered for more than one date."""

from django.db import models

from scheduling.models import entry_triggers


class GuideEntry(models.Model):
    """An absence or a restriction that a guide entered, with the dates it binds, both included.

    The documents keep what was entered; `schedule_date` is that of the document. A trigger on the documents writes the
    rows, in the transaction that writes the document, and nobody else does. The dates are bounds that may be a day too
    wide: whether an entry is about a departure, the rules decide.
    """

    class Kind(models.TextChoices):
        ABSENCE = "ABSENCE", "absence"
        RESTRICTION = "RESTRICTION", "restriction"

    schedule_date = models.DateField()
    guide_id = models.UUIDField()
    kind = models.CharField(max_length=11, choices=Kind.choices)
    first_date = models.DateField()
    last_date = models.DateField()
    entry = models.JSONField()

    class Meta:
        db_table = "guide_entries"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_date__gte=models.F("first_date")), name="guide_entries_end_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["last_date", "first_date"], name="guide_entries_by_period"),
            models.Index(fields=["schedule_date"], name="guide_entries_by_document"),
        ]
        triggers = [
            entry_triggers.entries_follow_documents_alone,
            entry_triggers.entries_are_truncated_by_maintenance,
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.guide_id}, {self.first_date} to {self.last_date}"
