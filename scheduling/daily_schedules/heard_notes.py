"""Notes that guides enter for published departures: whoever was confirmed awaits approval again."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.reached import adjusted_guides, departures_reached
from scheduling.daily_schedules.surroundings import Entries, days_of_any, read_entries
from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument
from scheduling.rules import EntriesByDate
from scheduling.rules.approval import entered_notes, hear_entered_notes
from scheduling.rules.inputs import NO_ADJUSTMENTS, days_of


def departures_noted(changes: Mapping[date, Change]) -> Mapping[date, Collection[UUID]]:
    """Return the departures, by date, that changed notes may be about: some of those that changed entries reach."""
    return departures_reached(changes) if any(map(_changes_notes, changes.values())) else {}


def hear_notes(
    documents: Mapping[date, ScheduleDocument],
    changes: Mapping[date, Change],
    noted: Mapping[date, Collection[UUID]],
    now: datetime,
) -> None:
    """Have the published departures of `noted`, which are in `documents`, hear the notes that `changes` changes.

    A departure under way is left alone: nothing of it is published any more.
    """
    guides = frozenset().union(*map(adjusted_guides, changes.values()))
    departures = list(_hearing(documents, noted, now))
    days = days_of_any(departures)
    stored = read_entries(days - documents.keys())
    elsewhere = {day: stored.on(day) for day in days - documents.keys()}
    after: dict[date, Entries] = {day: document.guide_adjustments for day, document in documents.items()}
    before = after | {day: change.before.guide_adjustments for day, change in changes.items()}
    for departure in departures:
        then, now_entered = (
            {
                guide_id: entered_notes(guide_id, days_of(departure), EntriesByDate(elsewhere | own))
                for guide_id in departure.guide_ids & guides
            }
            for own in (before, after)
        )
        hear_entered_notes(departure, then, now_entered)


def _hearing(
    documents: Mapping[date, ScheduleDocument], noted: Mapping[date, Collection[UUID]], now: datetime
) -> Iterator[Departure]:
    for day, keys in noted.items():
        for key in sorted(keys):
            departure = documents[day].departures.get(key)
            if departure and departure.status is DepartureStatus.PUBLISHED and not departure.has_started(now):
                yield departure


def _changes_notes(change: Change) -> bool:
    before, after = change.before.guide_adjustments, change.after.guide_adjustments
    return any(
        before.get(guide_id, NO_ADJUSTMENTS).guide_notes != after.get(guide_id, NO_ADJUSTMENTS).guide_notes
        for guide_id in adjusted_guides(change)
    )
