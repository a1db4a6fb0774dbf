"""The words of conflicts as tables and pages show them. The types, causes and severities are detection's own."""

from django.db import models

from conflicts.detection.causes import Cause, ConflictType
from conflicts.detection.severity import Severity

TYPE_LABELS = {
    ConflictType.GUIDE_DOUBLE_BOOKED: "Guide",
    ConflictType.TRAIL_CLOSED: "Trail closed",
    ConflictType.WEATHER_ALERT: "Weather",
    ConflictType.CAPACITY_EXCEEDED: "Capacity",
}
SEVERITY_LABELS = {
    Severity.LOW: "low",
    Severity.MEDIUM: "medium",
    Severity.HIGH: "high",
    Severity.CRITICAL: "critical",
}
CAUSE_LABELS = {
    Cause.CERTIFICATION: "certificate missing, expired or revoked",
    Cause.RESTRICTION: "a restriction of the guide",
    Cause.NO_LEAD: "no lead guide",
    Cause.OVERLAP: "overlapping departures",
    Cause.REST: "too little rest",
    Cause.AVAILABILITY_EXCEPTION: "the guide is away",
    Cause.NOT_AVAILABLE: "the guide is not available",
    Cause.HELD_BY_EMERGENCY: "the guide is held by an emergency",
    Cause.GUIDE_NOTE: "a guide's note awaits approval",
    Cause.NO_TRAIL: "no trail fits",
    Cause.TRAIL: "the trail is closed",
    Cause.TRAIL_HAZARD: "a hazard on the trail",
    Cause.WEATHER_WARNING: "a weather alert",
    Cause.STORM_FORECAST: "a storm is forecast",
    Cause.WEATHER_EMERGENCY: "a weather emergency",
    Cause.DEPARTURE_CAPACITY: "more guests than places",
    Cause.TRAIL_GROUP_SIZE: "the group is too large for the trail",
    Cause.TEAM_GROUP_SIZE: "the group is too large for the team",
    Cause.LOCATION_CAPACITY: "too many people at the base camp",
    Cause.CATALOG_MOVED: "at another time in the catalog",
    Cause.CATALOG_CANCELLED: "not for sale in the catalog",
    Cause.GUESTS_WITHOUT_PLACE: "guests without a place",
}


class Strategy(models.TextChoices):
    """The contract's resolution strategies."""

    REASSIGN_GUIDE = "REASSIGN_GUIDE", "Reassign a guide"
    RESCHEDULE_TRIP = "RESCHEDULE_TRIP", "Reschedule the trip"
    ADJUST_CAPACITY = "ADJUST_CAPACITY", "Adjust the capacity"
    CLOSE_TRAIL = "CLOSE_TRAIL", "Close the trail"
    ACCEPT_RISK = "ACCEPT_RISK", "Accept the risk"
    SPLIT_GROUP = "SPLIT_GROUP", "Split the group"


class EventKind(models.TextChoices):
    """What happens to a conflict in its life."""

    DETECTED = "DETECTED", "detected"
    REOPENED = "REOPENED", "detected again"
    ESCALATED = "ESCALATED", "more severe"
    DEESCALATED = "DEESCALATED", "less severe"
    OPTIONS_COMPUTED = "OPTIONS_COMPUTED", "options found"
    RESOLVED = "RESOLVED", "resolved"
    COMPLETED = "COMPLETED", "siblings notified"
    FAILED = "FAILED", "resolution failed"
    ACCEPTED = "ACCEPTED", "risk accepted"
    ACCEPTANCE_WITHDRAWN = "ACCEPTANCE_WITHDRAWN", "acceptance withdrawn"
    ACCEPTANCE_EXPIRED = "ACCEPTANCE_EXPIRED", "acceptance expired"
    CLEARED = "CLEARED", "cleared"


class AcceptanceEnding(models.TextChoices):
    """How the acceptance of a risk ended."""

    WITHDRAWN = "WITHDRAWN", "withdrawn"
    EXPIRED = "EXPIRED", "expired"
    OUTGROWN = "OUTGROWN", "outgrown by the risk"


class ResolutionStatus(models.TextChoices):
    """The contract's states of a resolution."""

    RESOLVED = "RESOLVED", "resolved"
    PARTIALLY_RESOLVED = "PARTIALLY_RESOLVED", "resolved, some not told yet"
    FAILED = "FAILED", "failed"
