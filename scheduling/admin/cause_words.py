"""What a write was for, as the history keeps it, in words of a page."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.domain.words import in_words

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_RESOLUTION = re.compile(rf"([A-Z_]+) for conflict {_ID}(?: and options for (\d+) more)?")
_RESERVATION = re.compile(rf"reservation {_ID}")


def cause_words(cause: str) -> str:
    """Return the cause of a revision without codes and ids: "to resolve a conflict: reschedule trip"."""
    if resolution := _RESOLUTION.fullmatch(cause):
        count = 1 + int(resolution[2] or 0)
        text = ngettext("to resolve a conflict: %(how)s", "to resolve %(count)s conflicts: %(how)s", count)
        return text % {"count": count, "how": _(in_words(resolution[1]))}
    return _("a reservation") if _RESERVATION.fullmatch(cause) else cause
