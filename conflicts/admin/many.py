"""The page on which many conflicts are resolved at once: what would be done about each, and what became of it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.formats import localize
from django.utils.translation import gettext as _

from conflicts.choices import SEVERITY_LABELS, Strategy
from conflicts.resolution.bulk import groups_of
from conflicts.resolution.bulk_planning import Choice, Planned, plan_choices

MOST_AT_ONCE = 100
SEPARATOR = ":"
KEEPS_PLACES, COSTS_PLACES = "places", "no-places"


class ChoiceField(forms.MultipleChoiceField):
    """Choices as the page lists them: conflict, option, strategy, whether it costs guests their place, and its step."""

    def valid_value(self, value: Any) -> bool:
        try:
            _choice(value)
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> list[Choice]:
        choices = [_choice(text) for text in super().clean(value)]
        if len(choices) > MOST_AT_ONCE:
            raise forms.ValidationError(_("Choose at most %d conflicts.") % MOST_AT_ONCE)
        return choices


class ResolveManyForm(forms.Form):
    """The conflicts that are still ticked, and the notes."""

    choices = ChoiceField()
    notes = forms.CharField(required=False, max_length=4000)


def plan_context(conflict_ids: Sequence[UUID]) -> dict[str, Any]:
    """Return the context of the page: what would be done about these conflicts, one after the other."""
    plan = plan_choices(map(Choice, conflict_ids))
    groups = groups_of(planned for planned in plan if planned.option)
    steps = {planned.conflict_id: number for number, group in enumerate(groups) for planned in group}
    is_possible = any(planned.option for planned in plan)
    return {
        "title": _("Resolve several conflicts"),
        "rows": [row_of(planned, steps.get(planned.conflict_id, 0)) for planned in plan],
        "is_possible": is_possible,
        "conflict_ids": [planned.conflict_id for planned in plan],
    }


def steps_of(texts: Iterable[str]) -> list[list[str]]:
    """Divide choices, as the page lists them, into those that are done together, in the order in which they are."""
    steps: dict[int, list[str]] = {}
    for text in texts:
        steps.setdefault(int(text.rpartition(SEPARATOR)[2]), []).append(text)
    return [steps[number] for number in sorted(steps)]


def _choice(text: str) -> Choice:
    conflict, option, strategy, places, step = text.split(SEPARATOR)
    int(step)
    return Choice(UUID(conflict), UUID(option), Strategy(strategy), may_cost_places=places == COSTS_PLACES)


def row_of(planned: Planned, step: int) -> dict[str, Any]:
    """Return what the page says of one conflict, which is resolved in a step. What costs places a person ticks."""
    option, conflict = planned.option, planned.conflict
    row = {
        "day": localize(conflict.day) if conflict else "",
        "severity": _(SEVERITY_LABELS[conflict.severity]) if conflict else "",
        "description": conflict.details["description"] if conflict else "",
        "refusal": planned.refusal,
    }
    if option is None:
        return row
    keeps_places = option.figures.guests_without_place == 0
    places = KEEPS_PLACES if keeps_places else COSTS_PLACES
    value = SEPARATOR.join((str(planned.conflict_id), str(option.id), option.strategy, places, str(step)))
    done = {"value": value, "option": option.description, "impact": option.impact_assessment}
    return row | done | {"is_ticked": keeps_places}
