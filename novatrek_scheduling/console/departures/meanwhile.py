"""What others changed in a departure since somebody opened its form."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from novatrek_scheduling.console.departures.entries import Entries, minutes_text
from novatrek_scheduling.console.departures.panel import Panel, trail_name
from novatrek_scheduling.console.departures.plans import LABELS, Plan
from scheduling.history.revisions import of_departure
from scheduling.models import ScheduleRevision

STORED_AS = {"is_cancelled": "status"}
"""The names under which the history has fields of a plan, where they are others."""


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """A field that somebody else changed since the form was opened, and to what.

    With `typed` it collides: what the person entered stays, and takes its place once they save.
    """

    label: str | Promise
    author: str
    before: str
    after: str
    typed: str = ""


def changes_meanwhile(panel: Panel, base: Plan, entries: Entries, stored: Plan, since_rev: int) -> Iterator[Meanwhile]:
    """Return what differs between the plan that the form was made on, `base`, and the one that is stored."""
    authors = _authors_since(panel, since_rev)
    mine = entries.plan.differs_from(base) | entries.errors.keys()
    theirs = stored.differs_from(base)
    for name, label in LABELS.items():
        if name not in theirs:
            continue
        collides = name in mine and getattr(entries.plan, name) != getattr(stored, name)
        yield Meanwhile(
            label=label,
            author=authors.get(STORED_AS.get(name, name), ""),
            before=_text_of(panel, base, name),
            after=_text_of(panel, stored, name),
            typed=(entries.typed.get(name) or _text_of(panel, entries.plan, name)) if collides else "",
        )


def _authors_since(panel: Panel, rev: int) -> dict[str, str]:
    """Return by stored field who changed it last since a revision, in one query."""
    authors: dict[str, str] = {}
    later = ScheduleRevision.objects.filter(schedule_date=panel.day, rev__gt=rev)
    for author, entry in of_departure(later, panel.id).order_by("rev").values_list("author", "entry"):
        authors |= dict.fromkeys(entry.get("fields", {}), author)
    return authors


def _text_of(panel: Panel, plan: Plan, name: str) -> str:
    """Return a field of a plan in words."""
    value = getattr(plan, name)
    if name == "team":
        return ", ".join(_place_text(place.name, place.is_lead, place.is_pinned) for place in value) or _("nobody")
    if name == "trail_id":
        return trail_name(value, panel.snapshot)
    if isinstance(value, datetime):
        return minutes_text(value, panel.clock).replace("T", " ")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _place_text(name: str, is_lead: bool, is_pinned: bool) -> str:
    remarks = [word for word, holds in ((_("lead"), is_lead), (_("pinned"), is_pinned)) if holds]
    return f"{name} ({', '.join(remarks)})" if remarks else name
