"""The hard rules by name, and their violations."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Rule(StrEnum):
    """The hard rules by name, in the order in which a guide is checked against them."""

    REGION = "REGION"
    ACTIVITY = "ACTIVITY"
    NOT_ACTIVE = "NOT_ACTIVE"
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
    NOT_RUNNING = "NOT_RUNNING"

    @property
    def is_never_overridden(self) -> bool:
        """Certificates, restrictions, overlap and rest: no person may take these risks."""
        return self in {Rule.CERTIFICATION, Rule.RESTRICTION, Rule.OVERLAP, Rule.REST}

    @property
    def rests_on_our_records(self) -> bool:
        """Return whether it is judged on our own documents and hazards, whatever the siblings say."""
        return self in {
            Rule.AVAILABILITY_EXCEPTION,
            Rule.RESTRICTION,
            Rule.HELD_BY_EMERGENCY,
            Rule.OVERLAP,
            Rule.REST,
            Rule.TEAM_SIZE,
            Rule.ONE_LEAD,
        }


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A rule that excludes a guide from a departure, with a short reason: "on leave".

    `about` identifies the cause: the other departure, the certificates, the days.
    """

    rule: Rule
    message: str
    about: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Violation:
    """A hard rule that a departure breaks, with a message for a person. `guide_id` is set where one guide is the cause.

    `about` is the exclusion's; `excess` is in people, for rules about numbers.
    """

    rule: Rule
    message: str
    departure_id: UUID
    guide_id: UUID | None = None
    about: frozenset[str] = frozenset()
    excess: int = 0

    @property
    def field(self) -> str:
        """The path of the departure in a daily schedule, as error responses name it."""
        return f"assignments.departures.{self.departure_id}"

    def is_new_since(self, before: Iterable["Violation"]) -> bool:
        """Return whether `before` does not cover this violation.

        It is covered by violations of the same rule, departure and guide with at least the same causes and excess.
        """
        same = [violation for violation in before if violation._place == self._place]
        known_causes = frozenset[str]().union(*(violation.about for violation in same))
        return not same or not self.about <= known_causes or self.excess > max(violation.excess for violation in same)

    @property
    def _place(self) -> tuple[Rule, UUID, UUID | None]:
        return (self.rule, self.departure_id, self.guide_id)
