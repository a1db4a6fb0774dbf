"""What of the documents a change concerns."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from scheduling.domain.document import Departure, ScheduleDocument

Documents = Mapping[date, ScheduleDocument]


def differing(before: ScheduleDocument, after: ScheduleDocument) -> frozenset[UUID]:
    """Return the departures that a change of a document replaced, added or removed; the others are the same objects."""
    known, planned = before.departures, after.departures
    return frozenset(
        {key for key, departure in planned.items() if known.get(key) is not departure} | (known.keys() - planned.keys())
    )


def changed_parts(before: Documents, after: Documents) -> tuple[Documents, Documents]:
    """Return the documents with those departures alone that differ, and those that replace them.

    What a change does is told and counted by these: a date may have thousands that it does not touch.
    """
    keys = {key for day in after for key in differing(before[day], after[day])}
    replacing = {d.rescheduled_to for document in after.values() for d in departures_among(document, keys)}
    shown = keys | replacing
    return (
        {day: _part_of(document, shown) for day, document in before.items()},
        {day: _part_of(document, shown) for day, document in after.items()},
    )


def _part_of(document: ScheduleDocument, keys: Collection[UUID | None]) -> ScheduleDocument:
    departures = {key: document.departures[key] for key in keys if key in document.departures}
    return document.model_copy(update={"departures": departures})


def departures_among(document: ScheduleDocument, keys: Iterable[UUID | None]) -> list[Departure]:
    """Return those of these departures that the document has."""
    return [document.departures[key] for key in keys if key in document.departures]
