"""A change of a departure: read against the revision it was made on, previewed, and saved as a patch of the API."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from novatrek_scheduling.console.departures.consequences import Consequences, consequences
from novatrek_scheduling.console.departures.entries import TeamChoice, minutes_text, read_entries
from novatrek_scheduling.console.departures.meanwhile import Meanwhile, changes_meanwhile
from novatrek_scheduling.console.departures.panel import Panel
from novatrek_scheduling.console.departures.plans import LABELS, Place, Plan, merge, team_of
from novatrek_scheduling.console.refusals import refusal_text
from novatrek_scheduling.errors import DomainError
from optimization.candidates.assessment import in_short
from scheduling.daily_schedules.authors import Author
from scheduling.daily_schedules.drafts import Draft
from scheduling.domain.document import Departure
from scheduling.domain.words import listed, sentence
from scheduling.errors import HardRuleViolated
from scheduling.history.revisions import UnknownRevision, document_at
from scheduling.patches.ownership import Owner
from scheduling.patches.services import patch_daily_schedule, preview_patch
from scheduling.rules import Rule, Violation

OWNERS = frozenset({Owner.ORCHESTRATOR})
RULE_FIELDS: Mapping[Rule, str] = {
    Rule.TRAIL_CLOSED: "trail_id",
    Rule.TRAIL_GROUP_SIZE: "trail_id",
    Rule.WEATHER: "trail_id",
    Rule.ACCESSIBILITY: "trail_id",
    Rule.NOT_RUNNING: "starts_at",
}
"""The field at which a broken rule is told, where that is not the team."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The form as it is shown: the entered plan at revision `since_rev`, what is wrong with it, what it would do.

    `moves` says of each other departure of a swap what becomes of its team.
    """

    since_rev: int
    plan: Plan
    stored: Plan
    swaps: tuple[TeamChoice, ...] = ()
    moves: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    meanwhile: tuple[Meanwhile, ...] = ()
    consequences: Consequences | None = None

    @property
    def is_changed(self) -> bool:
        return bool(self.plan.differs_from(self.stored)) or bool(self.swaps)

    @property
    def seats(self) -> list[tuple[Place, bool]]:
        """The members of the entered team, and those whom it leaves out, with whether they are on it."""
        on_it = {place.guide_id for place in self.plan.team}
        left_out = (place for place in self.stored.team if place.guide_id not in on_it)
        return [*((place, True) for place in self.plan.team), *((replace(p, is_lead=False), False) for p in left_out)]

    @property
    def chosen(self) -> frozenset[UUID]:
        return frozenset(place.guide_id for place in self.plan.team)


def edit_of(panel: Panel) -> Edit:
    """Return the form of a departure as it is stored."""
    plan = Plan.of(panel.departure)
    return Edit(panel.rev, plan, plan)


def read_edit(panel: Panel, draft: Draft, data: QueryDict) -> Edit:
    """Return what a person entered, on the latest revision: what others changed since is told and merged.

    `draft` is the date as it is stored, of which `panel` is made. Who changed other departures is not told: the patch
    does not touch them, and the hard rules are checked with them.
    """
    since = _base(panel, draft, data)
    base, stored = Plan.of(since.departures[panel.id]), Plan.of(panel.departure)
    entries = read_entries(data, panel.id, base, panel.guide_names, panel.clock)
    others = stored.differs_from(base)
    edit = Edit(
        since_rev=panel.rev,
        plan=merge(base, entries.plan, stored),
        stored=stored,
        swaps=entries.swaps,
        errors=entries.errors,
        typed=entries.typed,
        meanwhile=tuple(changes_meanwhile(panel, base, entries, stored, _rev(data, panel))) if others else (),
    )
    moved = [swap for swap in entries.swaps if _has_moved(swap, since.departures, draft.document.departures)]
    if moved:
        problem = _("The other departures of the swap have changed since: choose the guide again.")
        return replace(edit, swaps=(), problems=(problem,))
    return replace(edit, moves=tuple(_move_text(panel, draft, swap) for swap in edit.swaps))


def preview_edit(panel: Panel, draft: Draft, edit: Edit) -> Edit:
    """Return the form with the consequences of what was entered, or with what refuses it."""
    if not edit.is_changed or edit.errors:
        return edit
    try:
        preview = preview_patch(panel.day, _patch(panel, draft, edit), owners=OWNERS)
    except DomainError as error:
        return refused(edit, error, panel.id)
    shown = replace(edit, consequences=consequences(preview, panel.day, panel.id, panel.now))
    return _with_violations(shown, preview.violations, panel.id)


def save_edit(panel: Panel, draft: Draft, edit: Edit, author: Author) -> None:
    """Save what was entered. Raises StaleRevision where somebody was faster, and the errors of the patch."""
    patch_daily_schedule(panel.day, _patch(panel, draft, edit), author=author, owners=OWNERS, since_rev=edit.since_rev)


def refused(edit: Edit, error: DomainError, departure_id: UUID) -> Edit:
    """Return the form with a refusal at the fields that it is about; what was entered stays."""
    if isinstance(error, HardRuleViolated):
        return _with_violations(edit, error.violations, departure_id)
    prefix = f"assignments.departures.{departure_id}."
    at_fields = {problem.field.removeprefix(prefix): problem.reason for problem in error.problems}
    errors = {_field(name): sentence(reason) for name, reason in at_fields.items() if _field(name) in LABELS}
    return replace(edit, errors={**edit.errors, **errors}, problems=() if errors else (refusal_text(error),))


def form_of(panel: Panel, edit: Edit) -> dict[str, str]:
    """Return what the fields of the form contain: what was typed where that could not be read."""
    plan = edit.plan
    shown = {
        "starts_at": minutes_text(plan.starts_at, panel.clock),
        "ends_at": minutes_text(plan.ends_at, panel.clock),
        "capacity": str(plan.capacity),
        "trail_id": str(plan.trail_id or ""),
    }
    return shown | {name: text for name, text in edit.typed.items() if name in shown}


def _with_violations(edit: Edit, violations: tuple[Violation, ...], departure_id: UUID) -> Edit:
    errors: dict[str, str] = dict(edit.errors)
    problems = list(edit.problems)
    for violation in violations:
        text = _violation_text(violation)
        if violation.departure_id != departure_id:
            problems.append(text)
            continue
        name = RULE_FIELDS.get(violation.rule, "team")
        errors[name] = " ".join(filter(None, [errors.get(name), text]))
    return replace(edit, errors=errors, problems=tuple(problems))


def _violation_text(violation: Violation) -> str:
    """Return a violation as a sentence; about a guide in short, without what they entered of themselves."""
    name, colon, reason = violation.message.partition(": ")
    if violation.guide_id is None or not colon:
        return sentence(violation.message)
    return sentence(f"{name}: {in_short(violation.rule, reason)}")


def _patch(panel: Panel, draft: Draft, edit: Edit) -> dict[str, Any]:
    departures = {str(panel.id): edit.plan.patch_from(edit.stored)}
    for swap in edit.swaps:
        current = Plan.of(draft.document.departures[swap.departure_id]).team
        team = team_of(swap.guide_ids, current, panel.guide_names)
        departures[str(swap.departure_id)] = {"team": [place.as_patch for place in team]}
    return {"departures": departures}


def _base(panel: Panel, draft: Draft, data: QueryDict) -> Any:
    """The document that the form was made on; the latest where that is not known any more."""
    rev = _rev(data, panel)
    if rev == panel.rev:
        return draft.document
    try:
        since = type(draft.document).read(document_at(draft.schedule, rev))
    except UnknownRevision:
        return draft.document
    return since if panel.id in since.departures else draft.document


def _rev(data: QueryDict, panel: Panel) -> int:
    text = data.get("since_rev", "")
    return int(text) if text.isascii() and text.isdigit() else panel.rev


def _has_moved(swap: TeamChoice, before: Mapping[UUID, Departure], now: Mapping[UUID, Departure]) -> bool:
    known = swap.departure_id in before and swap.departure_id in now
    return not known or bool(Plan.of(before[swap.departure_id]).differs_from(Plan.of(now[swap.departure_id])))


def _move_text(panel: Panel, draft: Draft, swap: TeamChoice) -> str:
    """Return what becomes of the team of another departure: "Rim walk at 09:00: Ana Ruiz → Ben Ito"."""
    departure = draft.document.departures[swap.departure_id]
    names = listed((panel.guide_names.get(guide, "") for guide in swap.guide_ids), conjunction=_("and"))
    before = listed((member.guide_name for member in departure.team), conjunction=_("and"))
    facts = {"trip": departure.trip_name, "time": f"{departure.starts_at:%H:%M}"}
    departs = _("%(trip)s at %(time)s") % facts
    nobody = _("nobody")
    return f"{departs}: {before or nobody} → {names or nobody}"


def _field(name: str) -> str:
    return {"status": "is_cancelled"}.get(name, name)
