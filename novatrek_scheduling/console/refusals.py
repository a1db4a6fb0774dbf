"""What is said where something is refused, in words for people."""

from django.utils.translation import gettext as _

from novatrek_scheduling.console.board.hearing import last_heard
from novatrek_scheduling.console.proposals.texts import moment_text
from novatrek_scheduling.errors import DomainError
from scheduling.siblings.errors import SiblingUnavailable


def refusal_text(error: DomainError) -> str:
    """Return why something is not done or shown; of a silent sibling which it is, and when it last answered."""
    if not isinstance(error, SiblingUnavailable):
        return error.message
    heard = last_heard([error.sibling]).get(error.sibling)
    when = _(" It last did at %(when)s.") % {"when": moment_text(heard, with_day=True)} if heard else ""
    sentence = _("%(sibling)s does not answer, and this needs what it knows.%(when)s Try again in a moment.")
    return sentence % {"sibling": error.sibling, "when": when}
