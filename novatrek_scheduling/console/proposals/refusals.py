"""Refusals in the language of whoever reads the page: what the API says in English is said here again."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from novatrek_scheduling.errors import DomainError
from optimization.days.refusal import PlanRefused
from scheduling.errors import ContentionNotResolved, DateInThePast, HardRuleViolated
from scheduling.siblings import SiblingUnavailable


def refusal_text(refused: DomainError) -> str:
    """Return why something about a proposal was refused. Refusals of proposals alone say it themselves."""
    said = next((say for kind, say in _SAID.items() if isinstance(refused, kind)), None)
    return said(refused) if said else refused.message


def _silence(refused: DomainError) -> str:
    sibling = refused.sibling if isinstance(refused, SiblingUnavailable) else ""
    return _("%(sibling)s does not answer, and nothing was saved. Try again in a few seconds.") % {"sibling": sibling}


_SAID: Mapping[type[DomainError], Callable[[DomainError], str]] = {
    SiblingUnavailable: _silence,
    PlanRefused: lambda _refused: _("Nothing was saved: the plan would break a hard rule."),
    HardRuleViolated: lambda _refused: _("Nothing was saved: the plan would break a hard rule."),
    ContentionNotResolved: lambda _refused: _("Others keep changing this date. Nothing was saved; try again."),
    DateInThePast: lambda _refused: _("The date is over: there is nothing left to plan."),
}
