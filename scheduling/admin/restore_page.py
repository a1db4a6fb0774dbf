"""The page that shows what restoring a revision would change, before anybody confirms it."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms

from novatrek_scheduling.errors import DomainError
from scheduling.admin.formatting import difference_lines, times_text
from scheduling.admin.publication_page import IdsField
from scheduling.admin.region_names import region_name
from scheduling.domain.document import Departure
from scheduling.errors import HardRuleViolated
from scheduling.history.restore import PLAN_FIELDS, PlanChange, RestorePreview


class RestoreForm(forms.Form):
    """The chosen departures, and the revision that the person saw."""

    since_rev = forms.IntegerField(min_value=1)
    departure_ids = IdsField()


def restore_context(preview: RestorePreview, chosen: Collection[str] | None = None) -> dict[str, Any]:
    """The context of the template; `chosen` are ids of departures that were ticked, all if it is None."""
    return {
        "title": f"Restore revision {preview.rev} of {preview.day}",
        "preview": preview,
        "departures": [
            _shown(plan.now)
            | {
                "id": key,
                "is_chosen": chosen is None or str(key) in chosen,
                "differences": difference_lines(dict(_differences(plan))),
            }
            for key, plan in preview.departures.items()
        ],
        "left_out": [_shown(departure) | {"why": why.value} for departure, why in preview.left_out.values()],
    }


def refusal_text(error: DomainError, preview: RestorePreview) -> str:
    """The reason why nothing was restored; a broken rule with the departure that would break it."""
    if not isinstance(error, HardRuleViolated):
        return error.message
    names = {key: f"{times_text(plan.now)} {plan.now.trip_name}" for key, plan in preview.departures.items()}
    broken = (f"{names.get(v.departure_id, v.departure_id)}: {v.message}" for v in error.violations)
    return f"Nothing was restored. {'; '.join(broken)}."


def _shown(departure: Departure) -> dict[str, Any]:
    return {
        "times": times_text(departure),
        "name": departure.trip_name,
        "region": region_name(departure.region_id),
    }


def _differences(plan: PlanChange) -> Iterator[tuple[str, dict[str, Any]]]:
    now, restored = (departure.model_dump(mode="json") for departure in (plan.now, plan.restored))
    for name in PLAN_FIELDS:
        if now.get(name) != restored.get(name):
            yield name, {"old": now.get(name), "new": restored.get(name)}
