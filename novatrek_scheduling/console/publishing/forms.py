"""The form of the publish page."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms

from novatrek_scheduling.console.ids import IdsField

LONGEST_NOTE = 500
"""In characters; the field takes no more."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person has entered: the ticked departures, the tokens of the confirmations, a note for the history.

    They looked at revision `since_rev`.
    """

    since_rev: int
    ticked: frozenset[UUID]
    confirmed: frozenset[str]
    override_silence: bool
    note: str


class TokensField(forms.MultipleChoiceField):
    """Confirmations; the page compares them with what stands against each departure."""

    def valid_value(self, value: str) -> bool:
        return True


class PublishForm(forms.Form):
    since_rev = forms.IntegerField(min_value=1)
    departure_ids = IdsField(required=False, coerce=UUID)
    confirmed = TokensField(required=False)
    override_silence = forms.BooleanField(required=False)
    note = forms.CharField(required=False)

    def choices(self) -> Choices:
        """Return what was entered in a valid form."""
        entered: dict[str, Any] = self.cleaned_data
        return Choices(
            since_rev=entered["since_rev"],
            ticked=frozenset(entered["departure_ids"]),
            confirmed=frozenset(entered["confirmed"]),
            override_silence=entered["override_silence"],
            note=entered["note"][:LONGEST_NOTE],
        )
