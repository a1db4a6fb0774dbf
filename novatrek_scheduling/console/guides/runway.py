"""How long certificates still hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from novatrek_scheduling.console.marks import Look, Tone
from scheduling.domain.facts import Certificate
from scheduling.domain.words import in_words

SHORT_DAYS = 30
"""Up to how many days before its end a certificate is to be renewed."""

HOLDS = Look("verified", Tone.GOOD, gettext_lazy("Valid"))
ENDS_SOON = Look("schedule", Tone.WARN, gettext_lazy("Expires soon"))
NOT_VALID = Look("block", Tone.URGENT, gettext_lazy("Not valid"))
_ORDER = (NOT_VALID, ENDS_SOON, HOLDS)


@dataclass(frozen=True, slots=True)
class Runway:
    """A certificate, with until when it holds in words."""

    name: str
    look: Look
    until: date | None
    left: str


def runway_of(certificates: Iterable[Certificate], today: date) -> tuple[Runway, ...]:
    """Return what is not valid first, then what ends soonest."""
    rows = [_runway(certificate, today) for certificate in certificates]
    return tuple(sorted(rows, key=lambda row: (_ORDER.index(row.look), row.until or date.max, row.name)))


def _runway(certificate: Certificate, today: date) -> Runway:
    until = certificate.expires_on
    left = None if until is None else (until - today).days
    name = capfirst(_(in_words(certificate.name)))
    if not certificate.holds_on([today]):
        return Runway(name, NOT_VALID, until, _expired(left))
    if left is None:
        return Runway(name, HOLDS, None, _("does not expire"))
    look = ENDS_SOON if left <= SHORT_DAYS else HOLDS
    return Runway(name, look, until, ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left})


def _expired(left: int | None) -> str:
    if left is None or left >= 0:
        return _("revoked, or not issued yet")
    return ngettext("expired %(days)s day ago", "expired %(days)s days ago", -left) % {"days": -left}
