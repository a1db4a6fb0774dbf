"""The types of conflicts and their causes, in the words of the API and of the stored rows."""

from enum import StrEnum


class ConflictType(StrEnum):
    """The contract's type of a conflict."""

    GUIDE_DOUBLE_BOOKED = "GUIDE_DOUBLE_BOOKED"
    TRAIL_CLOSED = "TRAIL_CLOSED"
    WEATHER_ALERT = "WEATHER_ALERT"
    CAPACITY_EXCEEDED = "CAPACITY_EXCEEDED"


class Cause(StrEnum):
    """The detection rule that a conflict comes from, a finer division than its type."""

    CERTIFICATION = "CERTIFICATION"
    RESTRICTION = "RESTRICTION"
    NO_LEAD = "NO_LEAD"
    OVERLAP = "OVERLAP"
    REST = "REST"
    AVAILABILITY_EXCEPTION = "AVAILABILITY_EXCEPTION"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    HELD_BY_EMERGENCY = "HELD_BY_EMERGENCY"
    GUIDE_NOTE = "GUIDE_NOTE"
    NO_TRAIL = "NO_TRAIL"
    TRAIL = "TRAIL"
    TRAIL_HAZARD = "TRAIL_HAZARD"
    WEATHER_WARNING = "WEATHER_WARNING"
    STORM_FORECAST = "STORM_FORECAST"
    WEATHER_EMERGENCY = "WEATHER_EMERGENCY"
    DEPARTURE_CAPACITY = "DEPARTURE_CAPACITY"
    TRAIL_GROUP_SIZE = "TRAIL_GROUP_SIZE"
    TEAM_GROUP_SIZE = "TEAM_GROUP_SIZE"
    LOCATION_CAPACITY = "LOCATION_CAPACITY"
    CATALOG_MOVED = "CATALOG_MOVED"
    CATALOG_CANCELLED = "CATALOG_CANCELLED"
    GUESTS_WITHOUT_PLACE = "GUESTS_WITHOUT_PLACE"

    @property
    def follows_from_cancelling(self) -> bool:
        """What a cancellation means for its guests: no reason against an option that says that it cancels."""
        return self is Cause.GUESTS_WITHOUT_PLACE

    @property
    def is_never_overridden(self) -> bool:
        """Certificates, restrictions, overlap and rest: no person can accept these risks."""
        return self in {Cause.CERTIFICATION, Cause.RESTRICTION, Cause.OVERLAP, Cause.REST}

    @property
    def may_be_accepted(self) -> bool:
        """Whether a person may answer for the risk: never where nobody leads or no trail fits, for nobody goes then."""
        return not self.is_never_overridden and self not in {Cause.NO_LEAD, Cause.NO_TRAIL}

    @property
    def is_between_departures(self) -> bool:
        """Whether it is about two departures, perhaps of two dates: the conflict belongs to the earlier one."""
        return self in {Cause.OVERLAP, Cause.REST}

    @property
    def is_of_too_many(self) -> bool:
        """Whether there are more guests than something takes: with fewer of them it ends."""
        return self in {
            Cause.DEPARTURE_CAPACITY,
            Cause.TRAIL_GROUP_SIZE,
            Cause.TEAM_GROUP_SIZE,
            Cause.LOCATION_CAPACITY,
        }

    @property
    def is_of_the_catalog(self) -> bool:
        """Whether the catalog changed what people were told: following and keeping are its ways out."""
        return self in {Cause.CATALOG_MOVED, Cause.CATALOG_CANCELLED}
