"""`python -m tests.acceptance.guides_enter`: adjustments from stdin, {date: {guide id: adjustments}}, are stored.

It stands for svc-guide-management, in the environment of the service.
"""

import json
import sys
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import django


def main(entered: dict[str, dict[str, Any]]) -> None:
    """Store what each guide entered for each date, date by date."""
    django.setup()
    from scheduling.daily_schedules.authors import Author, AuthorKind  # noqa: PLC0415 (models come after django.setup)
    from scheduling.daily_schedules.drafts import Draft  # noqa: PLC0415
    from scheduling.daily_schedules.writer import write_daily_schedules  # noqa: PLC0415
    from scheduling.domain.document import GuideAdjustments  # noqa: PLC0415
    from scheduling.models.triggers import GUIDE_MANAGEMENT  # noqa: PLC0415

    author = Author(AuthorKind.GUIDE_MANAGEMENT, GUIDE_MANAGEMENT, "guides entered adjustments", "acceptance")
    for day, of_guides in entered.items():

        def edit(drafts: Mapping[date, Draft], of_guides: dict[str, Any] = of_guides) -> None:
            for draft in drafts.values():
                for guide_id, adjustments in of_guides.items():
                    draft.document.guide_adjustments[UUID(guide_id)] = GuideAdjustments.model_validate(adjustments)

        write_daily_schedules([date.fromisoformat(day)], edit, author=author, principal=GUIDE_MANAGEMENT)


if __name__ == "__main__":
    main(json.load(sys.stdin))
