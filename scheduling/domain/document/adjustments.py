"""A guide's adjustments for a date: absences, restrictions, a group size, notes and preferences."""

from datetime import date, datetime
from typing import Any

from pydantic import AwareDatetime, Field

from scheduling.domain.facts import Span, local_dates
from scheduling.domain.part import Part


class AvailabilityException(Part):
    """A guide's absence: whole days (both included) or instants (the end excluded)."""

    from_: AwareDatetime | date = Field(alias="from")
    to: AwareDatetime | date
    reason: str = ""

    def touches(self, span: Span) -> bool:
        """Return whether any part of `span` lies inside; whole days are compared by the span's own UTC offsets."""
        first, last = local_dates(span)
        has_begun = self.from_ < span.ends_at if isinstance(self.from_, datetime) else self.from_ <= last
        is_still_on = span.starts_at < self.to if isinstance(self.to, datetime) else first <= self.to
        return has_begun and is_still_on


class GuideAdjustments(Part):
    """A guide's own entries for a date. Only svc-guide-management writes them."""

    availability_exceptions: list[AvailabilityException] = Field(default_factory=list)
    max_group_size: int | None = Field(default=None, ge=0)
    restrictions: list[Any] = Field(default_factory=list)
    guide_notes: str | None = None
    guide_preferences: Any | None = None
