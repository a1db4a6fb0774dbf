"""What people were last told of a departure."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime

from scheduling.domain.part import Part


class Announcement(Part):
    """The departure as it was last announced.

    `ends_at` and `lead_id` are absent in announcements from before they were stored; whether the plan differs in them
    is unknown then.
    """

    guide_ids: list[UUID]
    lead_id: UUID | None = None
    trail_id: UUID | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None

    def has_other_end(self, ends_at: datetime | None) -> bool:
        """Return whether the announced end differs from `ends_at`; False where either is absent."""
        return self.ends_at is not None and ends_at is not None and self.ends_at != ends_at

    def has_other_lead(self, lead_id: UUID | None) -> bool:
        """Return whether the announced lead differs from `lead_id`; False where either is absent."""
        return self.lead_id is not None and lead_id is not None and self.lead_id != lead_id
