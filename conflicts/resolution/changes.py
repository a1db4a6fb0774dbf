"""What of the documents a change concerns."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from scheduling.domain.document import Departure, ScheduleDocument

Documents = Mapping[date, ScheduleDocument]


def changed_parts(before: Documents, after: Documents, touched: Collection[UUID]) -> tuple[Documents, Documents]:
    """Return the documents with the departures alone that a change touched, and those that replace them.

    What a change does is told and counted by these: a date may have thousands that it does not touch.
    """
    replacing = {d.rescheduled_to for document in after.values() for d in departures_among(document, touched)}
    shown = {*touched, *replacing}
    return (
        {day: _part_of(document, shown) for day, document in before.items()},
        {day: _part_of(document, shown) for day, document in after.items()},
    )


def _part_of(document: ScheduleDocument, keys: Collection[UUID | None]) -> ScheduleDocument:
    return document.with_only(key for key in keys if key is not None)


def departures_among(document: ScheduleDocument, keys: Iterable[UUID | None]) -> list[Departure]:
    """Return those of these departures that the document has."""
    return [document.departures[key] for key in keys if key is not None and key in document.departures]
