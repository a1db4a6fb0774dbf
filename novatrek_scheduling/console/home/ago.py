"""How long ago something was."""

from datetime import datetime, timedelta

from django.utils.timesince import timesince
from django.utils.translation import gettext as _

_MOMENT = timedelta(minutes=1)


def ago_text(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment was: "just now", "3 minutes ago"."""
    if now - moment < _MOMENT:
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, now, depth=1)}
