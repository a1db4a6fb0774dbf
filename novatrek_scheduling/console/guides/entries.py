"""What binds a guide: absences, restrictions and notes, with why only for those who may read about health."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from novatrek_scheduling.console.board.absences import HELD
from novatrek_scheduling.console.days import anywhere
from novatrek_scheduling.console.guides.profile import Window
from scheduling.daily_schedules.surroundings import entries_on
from scheduling.domain.document import AvailabilityException, GuideAdjustments
from scheduling.domain.facts import local_dates
from scheduling.domain.words import in_words
from scheduling.hazards import hazards_in_force
from scheduling.rules import HazardFact


@dataclass(frozen=True, slots=True)
class Entered:
    """What holds from `first` to `last`. `why` is empty for those who may not read about health."""

    first: date
    last: date
    text: str
    why: str
    is_away: bool


def entered_by(
    guide_id: UUID, first: date, last: date, windows: Iterable[Window], *, may_read_health: bool
) -> tuple[Entered, ...]:
    """Return what holds on the dates from `first` to `last`, by the sibling, the guide's own entries, emergencies."""
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    by_day = entries_on(days).by_day
    own = [(day, entries[guide_id]) for day, entries in by_day.items() if guide_id in entries]
    found = {*map(_of_window, windows), *(entry for day, adjustments in own for entry in _of_entries(day, adjustments))}
    found |= {
        _of_hazard(hazard, last) for hazard in hazards_in_force(anywhere(first, last)) if guide_id in hazard.guide_ids
    }
    shown = found if may_read_health else {_without_health(entry) for entry in found}
    return tuple(sorted(shown, key=lambda entry: (entry.first, entry.last, entry.text, entry.why)))


def entries_in_words(day: date, adjustments: GuideAdjustments) -> Iterator[str]:
    """Yield what a guide entered that binds `day`, with why: "away: surgery". For those who may read about health."""
    for entry in _of_entries(day, adjustments):
        yield _("%(what)s: %(why)s") % {"what": entry.text, "why": entry.why} if entry.why else entry.text


def _of_window(window: Window) -> Entered:
    text = _("away") if window.is_away else _("left a note")
    return Entered(window.first, window.last, text, window.note, window.is_away)


def _of_entries(day: date, adjustments: GuideAdjustments) -> Iterator[Entered]:
    for absence in adjustments.availability_exceptions:
        yield _of_absence(absence)
    for restriction in adjustments.restrictions:
        yield Entered(day, day, _("restricted"), _restriction(restriction), is_away=False)
    if adjustments.guide_notes:
        yield Entered(day, day, _("left a note"), adjustments.guide_notes, is_away=False)
    if adjustments.max_group_size is not None:
        size = _("at most %(guests)s guests") % {"guests": adjustments.max_group_size}
        yield Entered(day, day, _("restricted"), size, is_away=False)


def _of_absence(absence: AvailabilityException) -> Entered:
    starts, ends = absence.from_, absence.to
    is_whole = not isinstance(starts, datetime) and not isinstance(ends, datetime)
    first = starts.date() if isinstance(starts, datetime) else starts
    last = ends.date() if isinstance(ends, datetime) else ends
    text = _("away") if is_whole else _("away for a part of the day")
    return Entered(first, last, text, absence.reason, is_away=is_whole)


def _of_hazard(hazard: HazardFact, shown: date) -> Entered:
    """Return an emergency that keeps the guide; of one without an end the dates that are shown."""
    first, last = local_dates(hazard.span)
    return Entered(first, min(last, shown), str(HELD), hazard.description, is_away=True)


def _restriction(entry: object) -> str:
    """Return an entry in words: "max altitude m 1500 until 2027-06-30"."""
    if not isinstance(entry, dict):
        return str(entry)
    value = entry.get("value")
    named = _(in_words(value)) if isinstance(value, str) and value else value
    parts = [_(in_words(str(entry.get("kind") or "restriction"))), "" if named is None else str(named)]
    until = _("until %(day)s") % {"day": entry["until"]} if entry.get("until") else ""
    return " ".join(filter(None, [*parts, until]))


def _without_health(entry: Entered) -> Entered:
    return Entered(entry.first, entry.last, entry.text, "", entry.is_away)
