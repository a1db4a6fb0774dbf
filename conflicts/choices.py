"""The words of conflicts as tables and pages show them. The types, causes and severities are detection's own.

They are English, as what is stored of them; pages show them in their language by `gettext`.
"""

from django.db import models
from django.utils.translation import gettext_noop as _

from conflicts.detection.causes import Cause, ConflictType
from conflicts.detection.severity import Severity

TYPE_LABELS = {
    ConflictType.GUIDE_DOUBLE_BOOKED: _("Guide"),
    ConflictType.TRAIL_CLOSED: _("Trail closed"),
    ConflictType.WEATHER_ALERT: _("Weather"),
    ConflictType.CAPACITY_EXCEEDED: _("Capacity"),
}
SEVERITY_LABELS = {
    Severity.LOW: _("low"),
    Severity.MEDIUM: _("medium"),
    Severity.HIGH: _("high"),
    Severity.CRITICAL: _("critical"),
}
CAUSE_LABELS = {
    Cause.CERTIFICATION: _("certificate missing, expired or revoked"),
    Cause.RESTRICTION: _("a restriction of the guide"),
    Cause.NO_LEAD: _("no lead guide"),
    Cause.OVERLAP: _("overlapping departures"),
    Cause.REST: _("too little rest"),
    Cause.AVAILABILITY_EXCEPTION: _("the guide is away"),
    Cause.NOT_AVAILABLE: _("the guide is not available"),
    Cause.HELD_BY_EMERGENCY: _("the guide is held by an emergency"),
    Cause.GUIDE_NOTE: _("a guide's note awaits approval"),
    Cause.NO_TRAIL: _("no trail fits"),
    Cause.TRAIL: _("the trail is closed"),
    Cause.TRAIL_HAZARD: _("a hazard on the trail"),
    Cause.WEATHER_WARNING: _("a weather alert"),
    Cause.STORM_FORECAST: _("a storm is forecast"),
    Cause.WEATHER_EMERGENCY: _("a weather emergency"),
    Cause.DEPARTURE_CAPACITY: _("more guests than places"),
    Cause.TRAIL_GROUP_SIZE: _("the group is too large for the trail"),
    Cause.TEAM_GROUP_SIZE: _("the group is too large for the team"),
    Cause.LOCATION_CAPACITY: _("too many people at the base camp"),
    Cause.CATALOG_MOVED: _("at another time in the catalog"),
    Cause.CATALOG_CANCELLED: _("not for sale in the catalog"),
    Cause.GUESTS_WITHOUT_PLACE: _("guests without a place"),
}


class Strategy(models.TextChoices):
    """The contract's resolution strategies."""

    REASSIGN_GUIDE = "REASSIGN_GUIDE", _("Reassign a guide")
    RESCHEDULE_TRIP = "RESCHEDULE_TRIP", _("Reschedule the trip")
    ADJUST_CAPACITY = "ADJUST_CAPACITY", _("Adjust the capacity")
    CLOSE_TRAIL = "CLOSE_TRAIL", _("Close the trail")
    ACCEPT_RISK = "ACCEPT_RISK", _("Accept the risk")
    SPLIT_GROUP = "SPLIT_GROUP", _("Split the group")


class EventKind(models.TextChoices):
    """What happens to a conflict in its life."""

    DETECTED = "DETECTED", _("detected")
    REOPENED = "REOPENED", _("detected again")
    ESCALATED = "ESCALATED", _("more severe")
    DEESCALATED = "DEESCALATED", _("less severe")
    OPTIONS_COMPUTED = "OPTIONS_COMPUTED", _("options found")
    RESOLVED = "RESOLVED", _("resolved")
    COMPLETED = "COMPLETED", _("siblings notified")
    FAILED = "FAILED", _("resolution failed")
    ACCEPTED = "ACCEPTED", _("risk accepted")
    ACCEPTANCE_WITHDRAWN = "ACCEPTANCE_WITHDRAWN", _("acceptance withdrawn")
    ACCEPTANCE_EXPIRED = "ACCEPTANCE_EXPIRED", _("acceptance expired")
    CLEARED = "CLEARED", _("cleared")


class AcceptanceEnding(models.TextChoices):
    """How the acceptance of a risk ended."""

    WITHDRAWN = "WITHDRAWN", _("withdrawn")
    EXPIRED = "EXPIRED", _("expired")
    OUTGROWN = "OUTGROWN", _("outgrown by the risk")


class ResolutionStatus(models.TextChoices):
    """The contract's states of a resolution."""

    RESOLVED = "RESOLVED", _("resolved")
    PARTIALLY_RESOLVED = "PARTIALLY_RESOLVED", _("resolved, some not told yet")
    FAILED = "FAILED", _("failed")
