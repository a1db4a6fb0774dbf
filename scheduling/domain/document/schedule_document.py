"""Everything planned for one date."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from pydantic import Field, PrivateAttr, ValidationError

from scheduling.domain.document.adjustments import GuideAdjustments
from scheduling.domain.document.departure import Departure
from scheduling.domain.part import Part
from scheduling.domain.unreadable import Parts, unreadable_parts, without_parts

UNREADABLE_ENTRY = "an entry that cannot be read"
"""The restriction that stands for such an entry; as it has no kind, it forbids everything."""


class ScheduleDocument(Part):
    """Everything planned for one date, in every region.

    A departure or entry that cannot be read is set aside and written back as it was. A guide whose entry cannot be
    read may lead nothing.
    """

    departures: dict[UUID, Departure] = Field(default_factory=dict)
    guide_adjustments: dict[UUID, GuideAdjustments] = Field(default_factory=dict)
    _unreadable: Parts = PrivateAttr(default_factory=dict)

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "ScheduleDocument":
        """Parse the JSON of `daily_schedules.assignments`. Raises ValidationError where it is no such document."""
        try:
            return cls.model_validate(stored)
        except ValidationError as error:
            unreadable = unreadable_parts(stored, error)
        document = cls.model_validate(without_parts(stored, unreadable))
        document._unreadable = unreadable
        for guide_id in _ids_in(unreadable.get("guide_adjustments", {})):
            document.guide_adjustments[guide_id] = GuideAdjustments(restrictions=[UNREADABLE_ENTRY])
        return document

    @property
    def unreadable_departures(self) -> frozenset[UUID]:
        """The ids of the departures that cannot be read."""
        return frozenset(_ids_in(self._unreadable.get("departures", {})))

    def write(self) -> dict[str, Any]:
        """Return the JSON to store, with what could not be read as it was."""
        written = self.model_dump(mode="json", by_alias=True)
        written["departures"] |= self._unreadable.get("departures", {})
        for key, raw in self._unreadable.get("guide_adjustments", {}).items():
            if written["guide_adjustments"].get(key, {}).get("restrictions", [UNREADABLE_ENTRY]) == [UNREADABLE_ENTRY]:
                written["guide_adjustments"][key] = raw
        return written

    def copy_for_editing(self) -> "ScheduleDocument":
        return self.model_copy(deep=True)

    def departures_in(self, region_ids: Iterable[UUID]) -> dict[UUID, Departure]:
        regions = frozenset(region_ids)
        return {key: departure for key, departure in self.departures.items() if departure.region_id in regions}

    def has_unpublished_changes(self) -> bool:
        return any(departure.has_unpublished_changes for departure in self.departures.values())


def _ids_in(parts: Mapping[str, Any]) -> Iterator[UUID]:
    for key in parts:
        with suppress(ValueError):
            yield UUID(key)


def changed_departures(before: ScheduleDocument, after: ScheduleDocument) -> frozenset[UUID]:
    """Return the ids of the departures that were added, removed or changed between the two states."""
    keys = before.departures.keys() | after.departures.keys()
    return frozenset(key for key in keys if before.departures.get(key) != after.departures.get(key))
