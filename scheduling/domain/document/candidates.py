"""Departures told apart by their stored JSON: which may be of a region, trip, guide or camp, to be read to know."""

import re
from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

# A process looks at the same departures and guides again and again.
_MAX_CACHED_SPELLINGS = 32_768
_AS_WE_SPELL_IT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Trait(StrEnum):
    """What of a departure names its region, trip, camp or guides, by its name in the stored JSON."""

    REGION = "region_id"
    TRIP = "trip_id"
    CAMP = "location_id"
    GUIDE = "guide_id"


@dataclass(frozen=True, slots=True)
class Candidates:
    """The departures that may be of any of these regions, trips, camps or guides: all that are, and few others."""

    trait: Trait
    spellings: frozenset[str]

    @classmethod
    def of(cls, trait: Trait, ids: Collection[UUID]) -> "Candidates":
        return cls(trait, frozenset(map(str, ids)))

    def __call__(self, raw: dict[str, Any]) -> bool:
        """Return whether a departure is one of them, by its JSON."""
        if self.trait is not Trait.GUIDE:
            return may_be_any_of(raw.get(self.trait, ""), self.spellings)
        team = raw.get("team", ())
        return isinstance(team, list) and any(
            may_be_any_of(member.get(self.trait), self.spellings) for member in team if isinstance(member, dict)
        )


class Searchable(Mapping[str, Any]):
    """Stored departures, by their keys, that know which of them are candidates, without a look at each."""

    @abstractmethod
    def matching(self, candidates: Candidates) -> Collection[str]:
        """Return the keys of the candidates, in the order in which they are stored."""

    @abstractmethod
    def spelled_otherwise(self) -> Collection[str]:
        """Return the keys that are spelled as only SQL would."""

    @property
    @abstractmethod
    def are_all_read(self) -> bool:
        """Whether all of them were read, and not those alone that were asked for."""


def may_be_any_of(spelling: Any, spellings: Collection[str]) -> bool:
    """Return whether JSON may be an id that we spell in any of these ways: False where it is another one, or empty."""
    # Nobody but SQL spells an id otherwise than we do, and what is no text at all cannot be read.
    return isinstance(spelling, str) and (spelling in spellings or bool(spelling and not is_spelled_by_us(spelling)))


@lru_cache(_MAX_CACHED_SPELLINGS)
def is_spelled_by_us(spelling: str) -> bool:
    return _AS_WE_SPELL_IT.fullmatch(spelling) is not None
