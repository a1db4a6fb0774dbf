"""One list of what guides enter of themselves, each with a word of its own that is looked for everywhere else."""

from datetime import date, timedelta
from uuid import UUID

from django.core.cache import caches

from scheduling.domain.document import GuideAdjustments
from tests.conflicts.planned import PlannedDay
from tests.scheduling.adjusting import enter

ABSENCE, RESTRICTION, VALUE, NOTE, PREFERENCE, WINDOW = (
    f"zq{name}marker" for name in ("absence", "restriction", "value", "note", "preference", "window")
)
MARKERS = (ABSENCE, RESTRICTION, VALUE, NOTE, PREFERENCE, WINDOW)


def markers_in(text: str) -> set[str]:
    """Return the markers that a text has, in whatever case."""
    lowered = text.lower()
    return {marker for marker in MARKERS if marker in lowered}


def entry_of(day: date) -> GuideAdjustments:
    """An entry with a marker in each of its fields; it keeps the guide away on the day."""
    return GuideAdjustments.model_validate(
        {
            "availability_exceptions": [{"from": f"{day}", "to": f"{day + timedelta(days=1)}", "reason": ABSENCE}],
            "restrictions": [
                {"kind": RESTRICTION, "value": VALUE},
                {"kind": "NO_GUIDING", "value": VALUE, "reason": RESTRICTION},
            ],
            "guide_notes": NOTE,
            "guide_preferences": {"avoids": [PREFERENCE]},
        }
    )


def plant(planned: PlannedDay) -> list[UUID]:
    """Guides who lead a departure each, alone: what one entered rules them out, another left notes. Return the leads.

    The first is away and restricted; the second noted something, here and at svc-guide-management.
    """
    alone = planned.staffed(lambda departure: len(departure.team) == 1)
    leads = list(dict.fromkeys(planned.departure(key).team[0].guide_id for key in alone))[:2]
    planned.siblings.leave_note(str(leads[1]), planned.day, WINDOW)
    caches["siblings"].clear()
    noted = GuideAdjustments(guide_notes=NOTE, guide_preferences={"avoids": [PREFERENCE]})
    enter({leads[0]: entry_of(planned.day), leads[1]: noted}, planned.day)
    return leads
