"""How bad a conflict is."""

from datetime import datetime, timedelta
from typing import Any

from conflicts.choices import Severity
from scheduling.domain.document import Departure

SOON = timedelta(hours=24)
SLIGHTLY_OVER = 0.1
# Where the height or the body is what limits a guide; an entry that cannot be read may be one of these.
SAFETY_KINDS = frozenset({"MAX_ALTITUDE_M", "NO_GUIDING"})
KNOWN_KINDS = SAFETY_KINDS | {"NO_ACTIVITY", "MAX_DIFFICULTY", "MAX_GROUP_SIZE"}

OF_ALERT = {
    "ADVISORY": Severity.LOW,
    "WATCH": Severity.MEDIUM,
    "WARNING": Severity.HIGH,
    "EMERGENCY": Severity.CRITICAL,
}


def severity_of(departure: Departure, now: datetime) -> Severity:
    """By how near it is and whether people were told: out already or within a day is CRITICAL."""
    if departure.has_started(now) or departure.starts_at - now <= SOON:
        return Severity.CRITICAL
    return Severity.MEDIUM if departure.published is None and departure.status == "DRAFT" else Severity.HIGH


def severity_of_excess(departure: Departure, people: int, allowed: int, now: datetime) -> Severity:
    """One step lower where it is up to a tenth too many."""
    severity = severity_of(departure, now)
    is_slight = people <= allowed * (1 + SLIGHTLY_OVER)
    return severity.one_step_lower() if is_slight else severity


def is_about_safety(restriction: Any) -> bool:
    """Whether a restriction guards the guide's own body: medical, height, or nobody can tell."""
    if not isinstance(restriction, dict) or restriction.get("kind") not in KNOWN_KINDS:
        return True
    return restriction["kind"] in SAFETY_KINDS or "medical" in str(restriction).casefold()
