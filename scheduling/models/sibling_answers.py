"""The last good answers of siblings, against which new ones are judged."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _


class LastGoodAnswer(models.Model):
    """The last answer of a sibling for one list that was believed, in short.

    `records` has what made each record of use, by its id; `scope` is the region or date of the list, empty for the
    whole. `suspicion` says why the latest answer was not believed, since `suspected_at`; a person may accept it,
    last done at `accepted_at`.
    """

    sibling = models.CharField(max_length=40)
    resource = models.CharField(max_length=40)
    scope = models.CharField(max_length=40, blank=True)
    records = models.JSONField(default=dict)
    read_at = models.DateTimeField()
    suspicion = models.TextField(blank=True, default="", db_default="")
    suspected_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "sibling_answers"
        permissions = [("accept_lastgoodanswer", "Can accept what a sibling answers")]
        constraints = [
            models.UniqueConstraint(fields=["sibling", "resource", "scope"], name="sibling_answers_one_a_list"),
            models.CheckConstraint(
                condition=Q(suspicion="", suspected_at=None) | (~Q(suspicion="") & Q(suspected_at__isnull=False)),
                name="sibling_answers_suspected_since",
            ),
        ]
        indexes = [
            models.Index(fields=["suspected_at"], condition=~Q(suspicion=""), name="sibling_answers_suspected"),
        ]

    def __str__(self) -> str:
        return _("%(list)s of %(sibling)s") % {"list": _(self.resource), "sibling": self.sibling}
