"""The severity of a conflict."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from scheduling.domain.document import Departure

IMMINENT = timedelta(hours=24)
SLIGHT_EXCESS = 0.1
# Restrictions about altitude or the guide's health; an entry that cannot be read may be one of these.
SAFETY_KINDS = frozenset({"MAX_ALTITUDE_M", "NO_GUIDING"})
KNOWN_KINDS = SAFETY_KINDS | {"NO_ACTIVITY", "MAX_DIFFICULTY", "MAX_GROUP_SIZE"}
# The alerts that warn of a storm by themselves.
WARNING_SEVERITIES = frozenset({"WARNING", "EMERGENCY"})


class Severity(StrEnum):
    """The contract's severities, the lowest first."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)

    def one_step_lower(self) -> "Severity":
        return list(Severity)[max(0, self.rank - 1)]


SEVERITY_OF_ALERT = {
    "ADVISORY": Severity.LOW,
    "WATCH": Severity.MEDIUM,
    "WARNING": Severity.HIGH,
    "EMERGENCY": Severity.CRITICAL,
}


def severity_of(departure: Departure, now: datetime) -> Severity:
    """The severity by nearness and announcement: CRITICAL once under way or within 24 h, MEDIUM for drafts."""
    if departure.has_started(now) or departure.starts_at - now <= IMMINENT:
        return Severity.CRITICAL
    return Severity.MEDIUM if departure.published is None and departure.status == "DRAFT" else Severity.HIGH


def severity_of_excess(departure: Departure, people: int, allowed: int, now: datetime) -> Severity:
    """The severity of `people` where `allowed` are: one step lower up to a tenth too many."""
    severity = severity_of(departure, now)
    is_slight = people <= allowed * (1 + SLIGHT_EXCESS)
    return severity.one_step_lower() if is_slight else severity


def is_about_safety(restriction: Any) -> bool:
    """True of a restriction that protects the guide's health: medical, altitude, or unreadable."""
    if not isinstance(restriction, dict) or restriction.get("kind") not in KNOWN_KINDS:
        return True
    return restriction["kind"] in SAFETY_KINDS or "medical" in str(restriction).casefold()
