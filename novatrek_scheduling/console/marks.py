"""How what is to be said of a departure looks: an icon, a tone and a word for each mark, never a colour alone."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from conflicts.detection import Severity


class Tone(StrEnum):
    """How loud a mark is, the loudest first. Only what needs a person now is URGENT."""

    URGENT = "urgent"
    WARN = "warn"
    INFO = "info"
    GOOD = "good"
    QUIET = "quiet"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {tone: rank for rank, tone in enumerate(Tone)}


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """`icon` is a name of the Material Symbols. There is one of each kind, and it is equal to no other."""

    icon: str
    tone: Tone
    word: str | Promise


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that is to be known of a departure; `detail` says more in a sentence, if there is more to say."""

    look: Look
    detail: str = ""

    @property
    def is_quiet(self) -> bool:
        """Whether an icon is enough where there is little room."""
        return self.look.tone is Tone.QUIET


SEVERITIES = {
    Severity.CRITICAL: Look("report", Tone.URGENT, _("Critical")),
    Severity.HIGH: Look("warning", Tone.URGENT, _("High")),
    Severity.MEDIUM: Look("error", Tone.WARN, _("Medium")),
    Severity.LOW: Look("info", Tone.INFO, _("Low")),
}
UNKNOWN = Look("help", Tone.WARN, _("Not known"))
NEEDS_APPROVAL = Look("approval", Tone.WARN, _("Needs approval"))
RISK_ACCEPTED = Look("shield", Tone.INFO, _("Risk accepted"))
PINNED = Look("keep", Tone.QUIET, _("Pinned"))
NOT_PUBLISHED = Look("edit_note", Tone.QUIET, _("Not published"))
CHANGED = Look("campaign", Tone.WARN, _("Changed since published"))
BEING_EDITED = Look("group", Tone.INFO, _("Being edited"))
