"""The forms of the review: what was chosen for a conflict, and why an acceptance ends."""

from datetime import datetime, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext as _

NOTES = 4000


class ChoiceForm(forms.Form):
    """The chosen option with the notes. What accepting a risk needs is asked for at once, in one answer.

    `accept_until` is typed as the clocks of the departures show it.
    """

    option = forms.UUIDField()
    notes = forms.CharField(required=False, max_length=NOTES)
    accept_until = forms.CharField(required=False)
    override_warnings = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, clock: tzinfo, accepts_risk: bool = False, is_critical: bool = False) -> None:
        super().__init__(data)
        self.clock = clock
        self.accepts_risk = accepts_risk
        self.is_critical = is_critical

    def clean_accept_until(self) -> datetime | None:
        text = self.cleaned_data["accept_until"].strip()
        if not (text and self.accepts_risk):
            return None
        try:
            return datetime.fromisoformat(text).replace(tzinfo=self.clock)
        except ValueError:
            raise forms.ValidationError(_("Enter a date and a time, or nothing.")) from None

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
