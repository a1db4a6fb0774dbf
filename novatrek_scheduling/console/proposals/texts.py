"""What is said of proposals, in words; times are by the company's clock, and name their zone."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from novatrek_scheduling.console.days import company_zone
from optimization.models import Proposal
from optimization.proposals.plans import TeamPlan
from optimization.solver.solution import PlanStatus
from scheduling.admin.region_names import region_list

NO_BREAK = "\u00a0"


def regions_text(region_ids: Collection[str | UUID]) -> str:
    return region_list(region_ids) if region_ids else _("All regions")


def limit_text(max_changes: int | None) -> str:
    """Return how many guides may be reassigned: "at most 2 guides move"."""
    if max_changes is None:
        return _("any number of guides may move")
    return ngettext("at most %(count)s guide moves", "at most %(count)s guides move", max_changes) % {
        "count": max_changes
    }


def scope_text(proposal: Proposal) -> str:
    """Return what limits the proposal: "at most 2 guides move, pinned ones too"."""
    limit = limit_text(proposal.max_changes)
    return limit if proposal.keeps_pins else _("%(limit)s, pinned ones too") % {"limit": limit}


def moment_text(moment: datetime, *, with_day: bool = False) -> str:
    """Return a moment by the company's clock: "16:05 PST", or "27 Nov 16:05 PST"."""
    form = "j M H:i T" if with_day else "H:i T"
    return date_format(moment.astimezone(company_zone()), form).replace(" ", NO_BREAK)


def proof_text(proof: str) -> str:
    """Return how good the plan is known to be."""
    words = {
        PlanStatus.PROVEN.value: _("No better plan is possible within this limit."),
        PlanStatus.BEST_FOUND.value: _("The best plan that was found in the time allowed; a better one may exist."),
        PlanStatus.GREEDY.value: _("A plan made in haste, because the solver failed: better ones exist."),
    }
    return words.get(proof, "")


def step_words() -> dict[str, str]:
    """Return what is done one after another while a proposal is made."""
    return {
        Proposal.Step.READING: _("Reading guides, trails and weather"),
        Proposal.Step.PLANNING: _("Choosing teams"),
        Proposal.Step.CHECKING: _("Checking the plan"),
        Proposal.Step.COMPARING: _("Comparing how many guides may move"),
    }


def team_text(plan: TeamPlan) -> str:
    """Return the names, the lead first, or why there are none: "Ana Ruiz (lead), Ben Ito"."""
    if not plan.guides:
        return plan.reason.message if plan.reason else _("Nobody")
    ordered = sorted(plan.guides, key=lambda guide: (not guide.is_lead, guide.name))
    lead = _("lead")
    return ", ".join(f"{guide.name} ({lead})" if guide.is_lead else guide.name for guide in ordered)


def hours_text(hours: float) -> str:
    return f"{hours:.1f}{NO_BREAK}h"


def signed_hours_text(hours: float) -> str:
    """Return the hours with their sign, a true minus: "+3.5 h"."""
    rounded = round(hours, 1) + 0.0
    sign = "+" if rounded > 0 else "\u2212" if rounded < 0 else ""
    return f"{sign}{hours_text(abs(rounded))}"
