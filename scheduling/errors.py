"""The errors of the scheduling domain."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from novatrek_scheduling.errors import Conflicting, FieldProblem, Forbidden, Impossible, Malformed, Unknown

if TYPE_CHECKING:
    from scheduling.rules import Violation


class StaleRevision(Conflicting):
    """The daily schedule was written after the revision that this change was made on.

    `current_rev` is the revision now, 0 while there is no row.
    """

    code = "STALE_REVISION"

    def __init__(self, day: date, *, since_rev: int, current_rev: int) -> None:
        super().__init__(
            f"The daily schedule of {day} is at revision {current_rev}, the change was made on {since_rev}.",
            FieldProblem("_rev", f"is {current_rev} now"),
        )
        self.day, self.since_rev, self.current_rev = day, since_rev, current_rev


class ContentionNotResolved(Conflicting):
    """Every retry of a write met another concurrent write of the same daily schedule.

    `guide_names` are the guides whom the write concerned, for the alert to operations.
    """

    code = "RETRIES_EXHAUSTED"

    def __init__(self, message: str, guide_names: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.guide_names = tuple(guide_names)


class DepartureElsewhere(Conflicting):
    """The change would add departures that are on another date; `dates` has theirs, by departure id."""

    code = "DEPARTURE_ON_ANOTHER_DATE"

    def __init__(self, dates: Mapping[UUID, date]) -> None:
        named = ", ".join(f"{key} is on {day}" for key, day in sorted(dates.items()))
        super().__init__(
            f"A departure is on one date only: {named}.",
            *(FieldProblem(f"assignments.departures.{key}", f"is on {day}") for key, day in sorted(dates.items())),
        )
        self.dates = dict(dates)


class HardRuleViolated(Impossible):
    """The change would break a hard rule; `violations` has the rules, departures and guides.

    The message lists the first `MOST_LISTED`.
    """

    code = "HARD_RULE_VIOLATED"
    MOST_LISTED = 100

    def __init__(self, violations: "Sequence[Violation]") -> None:
        shown = violations[: self.MOST_LISTED]
        more = [f"and {len(violations) - len(shown)} more"] if len(violations) > len(shown) else []
        problems = [FieldProblem(v.field, f"{v.rule}: {v.message}") for v in shown]
        super().__init__("; ".join([*(v.message for v in shown), *more]), *problems)
        self.violations = tuple(violations)


class UnknownDeparture(Unknown):
    code = "UNKNOWN_DEPARTURE"


class UnknownSchedule(Unknown):
    code = "UNKNOWN_DAILY_SCHEDULE"


class UnknownScheduleRequest(Unknown):
    code = "UNKNOWN_SCHEDULE_REQUEST"


class ApprovalRequired(Impossible):
    """A team that awaits a person's approval is not published by a machine."""

    code = "APPROVAL_REQUIRED"


class DepartureNotEditable(Impossible):
    """The state or the time of the departure does not allow this change."""

    code = "DEPARTURE_NOT_EDITABLE"


class DepartureUnreadable(Impossible):
    """The departure is stored in a form that cannot be read, and nobody may write over it."""

    code = "DEPARTURE_UNREADABLE"


class UnknownTrail(Impossible):
    code = "UNKNOWN_TRAIL"


class FieldNotOwned(Forbidden):
    """The field belongs to another writer."""

    code = "FIELD_NOT_YOURS"


class ContradictoryConstraints(Impossible):
    code = "CONTRADICTORY_CONSTRAINTS"


class DateInThePast(Impossible):
    code = "DATE_IN_THE_PAST"


class IdempotencyKeyReused(Impossible):
    code = "IDEMPOTENCY_KEY_REUSED"


class IdempotencyKeyInFlight(Conflicting):
    code = "IDEMPOTENCY_KEY_IN_FLIGHT"


class MalformedIdempotencyKey(Malformed):
    code = "MALFORMED_IDEMPOTENCY_KEY"
