"""Risks that somebody accepted."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from conflicts.choices import (
    SEVERITY_LABELS,
    AcceptanceEnding,
)
from conflicts.detection import Severity
from conflicts.models.conflicts import ScheduleConflict


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
        facts = {"severity": self.get_severity_display(), "who": self.owner}
        return _("%(severity)s risk accepted by %(who)s") % facts

    def is_in_force(self, at: datetime) -> bool:
        return self.ended_at is None and self.accepted_at <= at < self.expires_at

    def silences(self, severity: str, *, is_covered: bool) -> bool:
        """Return whether the conflict stays accepted as it is now; `is_covered` says that its evidence is no worse.

        With such evidence it is more severe for being published, which honours the acceptance, or for being near:
        CRITICAL is for others to accept.
        """
        becomes_critical = severity == Severity.CRITICAL != self.severity
        return is_covered and not becomes_critical
