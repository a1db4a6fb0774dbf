"""A shortcut of tests: guide adjustments, written by their owner."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import GuideAdjustments
from scheduling.models.triggers import GUIDE_MANAGEMENT
from tests.factories import TOMORROW

OWNER = Author(AuthorKind.GUIDE_MANAGEMENT, GUIDE_MANAGEMENT)


def enter(adjustments: Mapping[UUID, GuideAdjustments], day: date = TOMORROW) -> None:
    """Replace the adjustments of these guides for a date."""

    def edit(drafts: Mapping[date, Draft]) -> None:
        drafts[day].document.guide_adjustments.update(adjustments)

    write_daily_schedules([day], edit, author=OWNER, principal=GUIDE_MANAGEMENT)
