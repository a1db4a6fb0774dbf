"""Guides and their certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from scheduling.domain.facts.places import Region


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide's profile. `certifications` and `activities` are normalised by `scheduling.domain.normalization`.

    `region_ids` has the home region first; `max_group_size` is in guests.
    """

    id: UUID
    name: str
    region_ids: tuple[str, ...]
    certifications: frozenset[str]
    activities: frozenset[str]
    is_active: bool
    status: str
    max_group_size: int
    years_experience: int | None
    average_rating: float | None
    languages: frozenset[str]

    def works_in(self, region: Region) -> bool:
        return not region.spellings.isdisjoint(self.region_ids)

    def is_at_home_in(self, region: Region) -> bool:
        return bool(self.region_ids) and self.region_ids[0] in region.spellings


@dataclass(frozen=True, slots=True)
class Certificate:
    name: str
    is_valid: bool
    expires_on: date | None
    issued_on: date | None = None

    def holds_on(self, days: Sequence[date]) -> bool:
        """Return whether it is valid on all of these dates, which are in order: from its issue to its expiry."""
        is_issued = self.issued_on is None or self.issued_on <= days[0]
        return self.is_valid and is_issued and (self.expires_on is None or self.expires_on >= days[-1])
