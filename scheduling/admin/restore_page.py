"""The page that previews the changes of restoring a revision before it is confirmed."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from novatrek_scheduling.errors import DomainError
from scheduling.admin.change_words import difference_lines
from scheduling.admin.formatting import times_text
from scheduling.admin.region_names import region_name
from scheduling.domain.document import Departure
from scheduling.errors import HardRuleViolated
from scheduling.history.plan_fields import RESTORED_FIELDS
from scheduling.history.restore import PlanChange, RestorePreview
from scheduling.models import ScheduleRevision


class IdsField(forms.MultipleChoiceField):
    """Ids of departures; the service checks that they exist."""

    def valid_value(self, value: Any) -> bool:
        try:
            UUID(value)
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> list[UUID]:
        return [UUID(departure_id) for departure_id in super().clean(value)]


class RestoreForm(forms.Form):
    """The selected departures and the revision that the user has seen."""

    since_rev = forms.IntegerField(min_value=1)
    departure_ids = IdsField()


def restore_context(preview: RestorePreview, selected: Collection[str] | None = None) -> dict[str, Any]:
    """Return the context of the template; `selected` are the ids of ticked departures, None for all."""
    return {
        "title": _("Restore revision %(rev)d of %(day)s") % {"rev": preview.rev, "day": date_format(preview.day)},
        "preview": preview,
        "departures": [
            _labels(plan.now)
            | {
                "id": key,
                "is_selected": selected is None or str(key) in selected,
                "differences": difference_lines(dict(_differences(plan))),
            }
            for key, plan in preview.departures.items()
        ],
        "left_out": [
            _labels(departure) | {"reason": _(reason.value)} for departure, reason in preview.left_out.values()
        ],
    }


def refusal_text(error: DomainError, preview: RestorePreview) -> str:
    """Return the reason why nothing was restored; violated rules with the departures concerned."""
    if not isinstance(error, HardRuleViolated):
        return error.message
    names = {key: f"{times_text(plan.now)} {plan.now.trip_name}" for key, plan in preview.departures.items()}
    other = _("a departure")
    other = _("a departure")
    violations = (f"{names.get(violation.departure_id, other)}: {violation.message}" for violation in error.violations)
    return _("Nothing was restored. %(rules)s.") % {"rules": "; ".join(violations)}


def changes_since(schedule_id: UUID, rev: int) -> dict[UUID, list[str]]:
    """Return what others changed of the plans of departures after `rev`: a line a field, with who it was."""
    found: dict[UUID, list[str]] = defaultdict(list)
    later = ScheduleRevision.objects.filter(schedule_id=schedule_id, rev__gt=rev).order_by("rev")
    for row in later.iterator(chunk_size=100):
        for key, entry in row.changes.get("departures", {}).items():
            fields = {name: change for name, change in entry.get("fields", {}).items() if name in RESTORED_FIELDS}
            lines = difference_lines(fields) if "fields" in entry else [_("added or taken out")]
            found[UUID(key)] += [f"{line} ({row.author})" for line in lines]
    return {key: lines for key, lines in found.items() if lines}


def changes_text(
    preview: RestorePreview, chosen: Collection[UUID], meanwhile: Mapping[UUID, Collection[str]]
) -> Iterator[str]:
    """Yield for each chosen departure that others changed meanwhile what it was, and that it was left alone."""
    for key in chosen:
        if key in meanwhile:
            plan = preview.departures.get(key)
            name = f"{times_text(plan.now)} {plan.now.trip_name}" if plan else _("A chosen departure")
            facts = {"name": name, "changes": "; ".join(meanwhile[key])}
            yield _("%(name)s was changed meanwhile and is not restored yet: %(changes)s.") % facts


def _labels(departure: Departure) -> dict[str, Any]:
    return {
        "times": times_text(departure),
        "name": departure.trip_name,
        "region": region_name(departure.region_id),
    }


def _differences(plan: PlanChange) -> Iterator[tuple[str, dict[str, Any]]]:
    now, restored = (departure.model_dump(mode="json") for departure in (plan.now, plan.restored))
    for name in RESTORED_FIELDS:
        if now.get(name) != restored.get(name):
            yield name, {"old": now.get(name), "new": restored.get(name)}
