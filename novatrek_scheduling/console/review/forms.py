"""The forms of the review: what was chosen for a conflict, and why an acceptance ends."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

NOTES = 4000


class ChoiceForm(forms.Form):
    """The chosen option with the notes. What accepting a risk needs is asked for at once, in one answer.

    `accept_until` is typed as the clocks of the departures show it, as `latest`, until when it may be, does.
    """

    option = forms.UUIDField()
    notes = forms.CharField(required=False, max_length=NOTES)
    accept_until = forms.CharField(required=False)
    override_warnings = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, latest: datetime, accepts_risk: bool = False, is_critical: bool = False) -> None:
        super().__init__(data)
        self.latest = latest
        self.accepts_risk = accepts_risk
        self.is_critical = is_critical

    def clean_accept_until(self) -> datetime | None:
        text = self.cleaned_data["accept_until"].strip()
        if not (text and self.accepts_risk):
            return None
        try:
            until = datetime.fromisoformat(text).replace(tzinfo=self.latest.tzinfo)
        except ValueError:
            raise forms.ValidationError(_("Enter a date and a time, or nothing.")) from None
        if not timezone.now() < until <= self.latest:
            raise forms.ValidationError(_("Enter a time to come that is not after the departures are over."))
        return until

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.accepts_risk and not cleaned.get("notes", "").strip():
            self.add_error("notes", _("Say why the risk is accepted."))
        if self.accepts_risk and self.is_critical and not cleaned.get("override_warnings"):
            self.add_error("override_warnings", _("Confirm that you answer for a critical risk."))
        return cleaned


class WithdrawForm(forms.Form):
    """Why an acceptance is withdrawn."""

    notes = forms.CharField(required=False, max_length=NOTES)
