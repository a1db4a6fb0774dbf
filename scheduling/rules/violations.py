from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Rule(StrEnum):
    """The hard rules by name, in the order in which they rule a guide out."""

    NOT_ACTIVE = "NOT_ACTIVE"
    REGION = "REGION"
    ACTIVITY = "ACTIVITY"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    AVAILABILITY_EXCEPTION = "AVAILABILITY_EXCEPTION"
    RESTRICTION = "RESTRICTION"
    HELD_BY_EMERGENCY = "HELD_BY_EMERGENCY"
    CERTIFICATION = "CERTIFICATION"
    EXCLUDED = "EXCLUDED"
    LANGUAGE = "LANGUAGE"
    OVERLAP = "OVERLAP"
    REST = "REST"
    REQUIRED_GUIDE = "REQUIRED_GUIDE"
    TEAM_SIZE = "TEAM_SIZE"
    ONE_LEAD = "ONE_LEAD"
    GROUP_SIZE = "GROUP_SIZE"
    TRAIL_CLOSED = "TRAIL_CLOSED"
    TRAIL_GROUP_SIZE = "TRAIL_GROUP_SIZE"
    LOCATION_CAPACITY = "LOCATION_CAPACITY"
    WEATHER = "WEATHER"
    ACCESSIBILITY = "ACCESSIBILITY"

    @property
    def is_never_overridden(self) -> bool:
        """Certificates, restrictions, overlap and rest: no person can accept these risks."""
        return self in {Rule.CERTIFICATION, Rule.RESTRICTION, Rule.OVERLAP, Rule.REST}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """The first rule that rules a guide out, with what it means in a few words: "on leave"."""

    rule: Rule
    message: str


@dataclass(frozen=True, slots=True)
class Violation:
    """A hard rule that a departure breaks, in words for a person. `guide_id` where one guide is the cause."""

    rule: Rule
    message: str
    departure_id: UUID
    guide_id: UUID | None = None

    @property
    def field(self) -> str:
        return f"assignments.departures.{self.departure_id}"

    @property
    def identity(self) -> tuple[Rule, UUID, UUID | None]:
        """What makes two violations the same one, whatever their wording."""
        return (self.rule, self.departure_id, self.guide_id)
