"""The guides of a region in a plan's context, with what was looked up of them: once for all departures of the region.

A set of them holds places in their list, which is by id (`optimization.candidates.bits`).
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from typing import Any, TypeVar, cast
from uuid import UUID

from optimization.candidates.bits import bits_at, bits_of, places_of
from optimization.candidates.context import PlanningContext
from scheduling.domain.document import GuideAdjustments
from scheduling.domain.facts import Guide, Region
from scheduling.rules import Facts
from scheduling.rules.guides import certifications_on

_HOLDS, CERTIFIED = "holds", "certified"
_BY_CERTIFICATES = {_HOLDS, CERTIFIED}

T = TypeVar("T")
Days = tuple[date, ...]


class Crew:
    """The guides who work in a region, by id, on the facts and in the context of a plan."""

    def __init__(self, region: Region | None, facts: Facts, context: PlanningContext) -> None:
        self.region, self.facts, self.context = region, facts, context
        self.guides: Sequence[Guide] = facts.snapshot.guides_in(region) if region else ()
        self.ids = [guide.id for guide in self.guides]
        self.everybody = (1 << len(self.ids)) - 1
        self._places = {guide_id: place for place, guide_id in enumerate(self.ids)}
        self._known: dict[Hashable, Any] = {}
        self._known_around: dict[Hashable, Any] = {}

    def around(self, context: PlanningContext) -> "Crew":
        """Return the same guides in a context that differs in the departures that are planned alone."""
        crew = copy(self)
        crew.context, crew._known_around = context, {}
        return crew

    def learn_certificates(self, facts: Facts) -> None:
        """Go on with these facts, which differ in certificates alone: all else stays looked up."""
        self.facts = facts
        for key in [key for key in self._known if isinstance(key, tuple) and key[0] in _BY_CERTIFICATES]:
            del self._known[key]

    def once_around(self, key: Hashable, build: Callable[[], T]) -> T:
        """Return what was built under this key for the departures that are planned, or build it."""
        if key not in self._known_around:
            self._known_around[key] = build()
        return cast(T, self._known_around[key])

    def once(self, key: Hashable, build: Callable[[], T]) -> T:
        """Return what was built under this key, whatever departures are planned, or build it."""
        if key not in self._known:
            self._known[key] = build()
        return cast(T, self._known[key])

    def at(self, guide_ids: Iterable[UUID]) -> int:
        """Return the set of those of the crew among these ids."""
        return bits_at(self._places[guide_id] for guide_id in guide_ids if guide_id in self._places)

    def leading(self, activity: str) -> int:
        """Return the set of those who lead the activity."""
        return self.once(("leads", activity), lambda: bits_of(activity in guide.activities for guide in self.guides))

    def certifications(self, days: Days) -> Sequence[frozenset[str]]:
        """Return what each holds on all of these dates."""
        snapshot = self.facts.snapshot
        return self.once((_HOLDS, days), lambda: [certifications_on(guide, days, snapshot) for guide in self.guides])

    def adjustments(self, days: Days) -> Mapping[int, GuideAdjustments]:
        """Return the entries for these dates, by place of those who have some."""
        return self.once(("entries", days), lambda: self._adjustments(days))

    def _adjustments(self, days: Days) -> dict[int, GuideAdjustments]:
        places = sorted({place for day in days for place in self._with_entries(day)})
        return {place: self.context.entered.of(self.ids[place], days) for place in places}

    def _with_entries(self, day: date) -> list[int]:
        entries = self.context.entered.by_day.get(day)
        if not entries:
            return []
        return self.once(("has entries", day), lambda: places_of(bits_of([key in entries for key in self.ids])))
