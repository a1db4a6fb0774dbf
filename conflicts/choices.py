"""The words of conflicts: their types, causes and severities, and the strategies that resolve them."""

from django.db import models


class ConflictType(models.TextChoices):
    GUIDE_DOUBLE_BOOKED = "GUIDE_DOUBLE_BOOKED", "Guide"
    TRAIL_CLOSED = "TRAIL_CLOSED", "Trail closed"
    WEATHER_ALERT = "WEATHER_ALERT", "Weather"
    CAPACITY_EXCEEDED = "CAPACITY_EXCEEDED", "Capacity"


class Severity(models.TextChoices):
    LOW = "LOW", "low"
    MEDIUM = "MEDIUM", "medium"
    HIGH = "HIGH", "high"
    CRITICAL = "CRITICAL", "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)

    def one_step_lower(self) -> "Severity":
        return list(Severity)[max(0, self.rank - 1)]


class Cause(models.TextChoices):
    """Which rule found it: what is wrong, more closely than the type says."""

    CERTIFICATION = "CERTIFICATION", "certificate missing, expired or revoked"
    RESTRICTION = "RESTRICTION", "a restriction of the guide"
    NO_LEAD = "NO_LEAD", "nobody leads"
    OVERLAP = "OVERLAP", "two departures at once"
    REST = "REST", "too little rest"
    AVAILABILITY_EXCEPTION = "AVAILABILITY_EXCEPTION", "the guide is away"
    NOT_AVAILABLE = "NOT_AVAILABLE", "the guide is not available"
    HELD_BY_EMERGENCY = "HELD_BY_EMERGENCY", "held by an emergency"
    TRAIL = "TRAIL", "the trail is closed"
    TRAIL_HAZARD = "TRAIL_HAZARD", "a danger on the trail"
    WEATHER_WARNING = "WEATHER_WARNING", "a weather alert"
    STORM_FORECAST = "STORM_FORECAST", "a storm is forecast"
    WEATHER_EMERGENCY = "WEATHER_EMERGENCY", "an emergency of the weather"
    DEPARTURE_CAPACITY = "DEPARTURE_CAPACITY", "more guests than places"
    TRAIL_GROUP_SIZE = "TRAIL_GROUP_SIZE", "too many for the trail"
    TEAM_GROUP_SIZE = "TEAM_GROUP_SIZE", "too many for the team"
    LOCATION_CAPACITY = "LOCATION_CAPACITY", "too many at the base camp"

    @property
    def is_never_overridden(self) -> bool:
        """Certificates, restrictions, overlap and rest: no person can accept these risks."""
        return self in {Cause.CERTIFICATION, Cause.RESTRICTION, Cause.OVERLAP, Cause.REST}


class Strategy(models.TextChoices):
    REASSIGN_GUIDE = "REASSIGN_GUIDE", "Reassign a guide"
    RESCHEDULE_TRIP = "RESCHEDULE_TRIP", "Reschedule the trip"
    ADJUST_CAPACITY = "ADJUST_CAPACITY", "Adjust the capacity"
    CLOSE_TRAIL = "CLOSE_TRAIL", "Close the trail"
    ACCEPT_RISK = "ACCEPT_RISK", "Accept the risk"
    SPLIT_GROUP = "SPLIT_GROUP", "Split the group"


class ResolutionStatus(models.TextChoices):
    RESOLVED = "RESOLVED", "resolved"
    PARTIALLY_RESOLVED = "PARTIALLY_RESOLVED", "resolved, some not told yet"
    FAILED = "FAILED", "failed"
