"""The rows of reports on fragility."""

from django.db import models


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
