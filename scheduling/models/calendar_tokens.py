from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _


class CalendarTokenQuerySet(models.QuerySet["CalendarToken"]):
    def active(self) -> "CalendarTokenQuerySet":
        """The tokens that have not been revoked."""
        return self.filter(revoked_at=None)


class CalendarToken(models.Model):
    """The token of a guide's calendar feed: its bearer reads when and where the guide works.

    Only the SHA-256 of the token is stored, so that a copy of this table opens no calendar. The token has 256 random
    bits: no guessing is possible that a slower hash would prevent. `stopped_at`: when svc-guide-management was first
    heard to say that the guide is not active; the token opens nothing until it says otherwise.
    """

    guide_id = models.UUIDField()
    guide_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=150)
    stopped_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=150, blank=True)

    objects = CalendarTokenQuerySet.as_manager()

    class Meta:
        db_table = "calendar_tokens"
        permissions = [("issue_calendartoken", "Can issue and revoke calendar tokens")]
        constraints = [
            models.UniqueConstraint(
                fields=["guide_id"], condition=Q(revoked_at=None), name="calendar_tokens_one_active_a_guide"
            ),
        ]

    def __str__(self) -> str:
        return _("calendar token of %(guide)s") % {"guide": self.guide_name}
