"""Everything planned for one date."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from scheduling.domain.document.adjustments import GuideAdjustments
from scheduling.domain.document.candidates import Candidates, Trait
from scheduling.domain.document.departure import Departure, DepartureStatus
from scheduling.domain.document.lazy_parts import Json, LazyParts, StandIn

UNREADABLE_ENTRY = "an entry that cannot be read"
"""The restriction that stands for such an entry; as it has no kind, it forbids everything."""

_PUBLISHED = DepartureStatus.PUBLISHED
_DEPARTURES, _ENTRIES = "departures", "guide_adjustments"


class ScheduleDocument:
    """Everything planned for one date, in every region.

    Departures and entries are read when they are looked at. A departure or entry that cannot be read is set aside and
    written back as it was. A guide whose entry cannot be read may lead nothing. `others` are the members of the
    document that this version does not know: they stay as they are.
    """

    __slots__ = ("_departures", "_entries", "others")

    def __init__(
        self,
        departures: Mapping[UUID, Departure] | None = None,
        guide_adjustments: Mapping[UUID, GuideAdjustments] | None = None,
    ) -> None:
        self.others: Mapping[str, Any] = {}
        self.departures = departures or {}
        self._entries = _entries({})
        self._entries.update(guide_adjustments or {})

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "ScheduleDocument":
        """Read the JSON of `daily_schedules.assignments`. Raises ValidationError where it is no such document."""
        parts = [stored.get(name, {}) for name in (_DEPARTURES, _ENTRIES)] if isinstance(stored, Mapping) else [stored]
        if not all(isinstance(part, Mapping) for part in parts):
            _Form.model_validate(stored)
        document = cls()
        document._departures, document._entries = LazyParts(Departure, parts[0]), _entries(parts[1])
        document.others = {name: value for name, value in stored.items() if name not in {_DEPARTURES, _ENTRIES}}
        return document

    @property
    def departures(self) -> LazyParts[Departure]:
        return self._departures

    @departures.setter
    def departures(self, departures: Mapping[UUID, Departure]) -> None:
        if isinstance(departures, LazyParts):
            self._departures = departures
            return
        self._departures = LazyParts(Departure)
        self._departures.update(departures)

    @property
    def guide_adjustments(self) -> LazyParts[GuideAdjustments]:
        return self._entries

    @property
    def unreadable_departures(self) -> frozenset[UUID]:
        """The ids of the departures that cannot be read."""
        return self.departures.unreadable

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ScheduleDocument):
            return NotImplemented
        return not differs_beside_departures(self, other) and self.departures == other.departures

    __hash__ = None  # type: ignore[assignment]

    def write(self) -> dict[str, Any]:
        """Return the JSON to store, with what nobody looked at and what could not be read as it was."""
        return {_DEPARTURES: self.departures.write(), _ENTRIES: self.guide_adjustments.write(), **self.others}

    def copy_for_editing(self) -> "ScheduleDocument":
        return self._with(self.departures.copy(), self.guide_adjustments.copy())

    def with_departures(self, departures: Mapping[UUID, Departure]) -> "ScheduleDocument":
        """Return the document with these in place of its own, for reading: it shares all others with this one."""
        return self._with(self.departures.with_parts(departures), self.guide_adjustments)

    def with_only(self, keys: Iterable[UUID]) -> "ScheduleDocument":
        """Return the document with no other departures than these, for reading."""
        only = LazyParts(Departure)
        only.update({key: departure for key in keys if (departure := self.departures.get(key)) is not None})
        return self._with(only, self.guide_adjustments)

    def departures_in(self, region_ids: Iterable[UUID]) -> dict[UUID, Departure]:
        """Return the departures of these regions; those of others are not read."""
        regions = frozenset(region_ids)
        return self.departures.where(Candidates.of(Trait.REGION, regions), lambda d: d.region_id in regions)

    def departures_of(self, guide_ids: Collection[UUID]) -> dict[UUID, Departure]:
        """Return the departures with any of these guides on their teams; those of others are not read."""
        guides = frozenset(guide_ids)
        return self.departures.where(Candidates.of(Trait.GUIDE, guides), lambda d: bool(d.guide_ids & guides))

    def departures_of_trips(self, trip_ids: Iterable[UUID]) -> dict[UUID, Departure]:
        """Return the departures of these trips; those of others are not read."""
        trips = frozenset(trip_ids)
        return self.departures.where(Candidates.of(Trait.TRIP, trips), lambda d: d.trip_id in trips)

    def departures_from(self, location_id: UUID) -> dict[UUID, Departure]:
        """Return the departures from a camp; those from others are not read."""
        return self.departures.where(Candidates.of(Trait.CAMP, [location_id]), lambda d: d.location_id == location_id)

    def departures_published(self) -> dict[UUID, Departure]:
        """Return the departures with status PUBLISHED; others are not read."""
        return published_among(self.departures)

    def has_unpublished_changes(self) -> bool:
        return any(departure.has_unpublished_changes for departure in self.departures.values())

    def _with(self, departures: LazyParts[Departure], entries: LazyParts[GuideAdjustments]) -> "ScheduleDocument":
        other = ScheduleDocument()
        other._departures, other._entries, other.others = departures, entries, self.others
        return other


def published_among(departures: Mapping[UUID, Departure]) -> dict[UUID, Departure]:
    """Return those with status PUBLISHED; of a stored document no others are read."""
    if not isinstance(departures, LazyParts):
        return {key: departure for key, departure in departures.items() if departure.status is _PUBLISHED}
    return departures.where(
        lambda raw: raw.get("status") == _PUBLISHED, lambda departure: departure.status is _PUBLISHED
    )


def changed_departures(before: ScheduleDocument, after: ScheduleDocument) -> frozenset[UUID]:
    """Return the ids of the departures that were added, removed or changed between the two states."""
    return after.departures.differing_from(before.departures)


def edits_between(
    before: ScheduleDocument, after: ScheduleDocument, departure_ids: Collection[UUID]
) -> dict[str, Any] | None:
    """Return what to store of the changed departures and entries, by their keys; None for one that is removed.

    None where something else of the document differs, and it has to be written as a whole.
    """
    if before.others != after.others:
        return None
    entries = after.guide_adjustments
    changed = entries.differing_from(before.guide_adjustments)
    return {_DEPARTURES: after.departures.edits(departure_ids), _ENTRIES: entries.edits(changed)}


def differs_beside_departures(before: ScheduleDocument, after: ScheduleDocument) -> bool:
    """Return whether what guides entered, or what this version does not know, differs between the two states."""
    return before.guide_adjustments != after.guide_adjustments or before.others != after.others


class _Form(BaseModel):
    departures: dict[str, Any] = {}
    guide_adjustments: dict[str, Any] = {}


def _entries(stored: Mapping[str, Json]) -> LazyParts[GuideAdjustments]:
    return LazyParts(GuideAdjustments, stored, StandIn(_unreadable_entry, _is_unreadable_entry))


def _unreadable_entry() -> GuideAdjustments:
    return GuideAdjustments(restrictions=[UNREADABLE_ENTRY])


def _is_unreadable_entry(entry: GuideAdjustments) -> bool:
    return entry.restrictions == [UNREADABLE_ENTRY]
