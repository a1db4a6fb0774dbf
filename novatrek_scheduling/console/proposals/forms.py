"""The forms about proposals."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from novatrek_scheduling.console.ids import IdsField
from optimization.proposals.services import MOST_CHANGES


class OptimizeForm(forms.Form):
    """Which regions, how many guides may move, and which: no region ticked means all."""

    max_changes = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_CHANGES,
        label=_("How many guides may move"),
        help_text=_("Empty: any number. With few, most teams stay as they are."),
    )

    keeps_pins = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Pinned guides stay where they are"),
    )
    standby = IdsField(required=False, coerce=UUID, label=_("Left free as standbys"))

    def __init__(self, *args: Any, regions: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["regions"] = forms.MultipleChoiceField(
            required=False, label=_("Regions"), choices=list(regions.items()), widget=forms.CheckboxSelectMultiple
        )

    @property
    def region_ids(self) -> list[UUID]:
        return [UUID(region_id) for region_id in self.cleaned_data["regions"]]


class LimitForm(forms.Form):
    """How many guides may move in a proposal that is made anew; absent: any number."""

    max_changes = forms.IntegerField(required=False, min_value=0, max_value=MOST_CHANGES)


class AcceptForm(forms.Form):
    """The ticked departures, and which making of the proposal they were ticked in."""

    made = forms.IntegerField(min_value=0)
    departure_ids = IdsField(required=False, coerce=UUID)
