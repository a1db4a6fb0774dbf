"""Why guides are away or restricted, and what they noted: read when it is shown, for those who may read about health.

No text that is stored or sent has it. Pages that show a conflict or a team ask here, and show it beside.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from novatrek_scheduling.console.guides.entries import entries_in_words
from scheduling.daily_schedules.surroundings import days_of_any, entries_on
from scheduling.domain.document import Departure
from scheduling.rules.inputs import EntriesByDate, days_of

HEALTH = "scheduling.view_guideentry"
"""The permission to read why guides are away or restricted, and what they noted."""

Notes = Mapping[tuple[UUID, date], str]
NO_NOTES: Notes = {}


@dataclass(frozen=True, slots=True)
class EnteredBy:
    """A guide, and what they entered for the dates in question: "away: surgery"."""

    guide_id: UUID
    name: str
    texts: tuple[str, ...]


def may_read_health(person: Any) -> bool:
    """Return whether the person may read about the health of guides."""
    return bool(person.has_perm(HEALTH))


def whys_of(guide_ids: Iterable[UUID], days: Collection[date], notes: Notes = NO_NOTES) -> dict[UUID, tuple[str, ...]]:
    """Return in words what these guides entered for the dates, those only who entered something. Two queries.

    `notes` are those of svc-guide-management's availability windows, by guide and date.
    """
    return _whys(guide_ids, days, entries_on(sorted(days)), notes)


def entered_by_teams(
    departures: Mapping[UUID, Departure], notes: Notes = NO_NOTES
) -> dict[UUID, tuple[EnteredBy, ...]]:
    """Return by departure what the guides on its team entered for its dates, by name. Two queries for all."""
    entries = entries_on(sorted(days_of_any(departures.values())))
    found = {}
    for key, departure in departures.items():
        whys = _whys(departure.guide_ids, days_of(departure), entries, notes)
        members = sorted(departure.team, key=lambda member: member.guide_name)
        found[key] = tuple(
            EnteredBy(member.guide_id, member.guide_name, whys[member.guide_id])
            for member in members
            if member.guide_id in whys
        )
    return found


def _whys(
    guide_ids: Iterable[UUID], days: Iterable[date], entries: EntriesByDate, notes: Notes
) -> dict[UUID, tuple[str, ...]]:
    days = sorted(days)
    found = {key: tuple(dict.fromkeys(_texts(key, days, entries, notes))) for key in guide_ids}
    return {key: texts for key, texts in found.items() if texts}


def _texts(guide_id: UUID, days: Iterable[date], entries: EntriesByDate, notes: Notes) -> Iterator[str]:
    for day in days:
        if entered := entries.by_day.get(day, {}).get(guide_id):
            yield from entries_in_words(day, entered)
        if note := notes.get((guide_id, day)):
            yield _("%(what)s: %(why)s") % {"what": _("left a note"), "why": note}
