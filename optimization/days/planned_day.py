"""What an optimization decided for a date, and how it is merged into the latest document."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from optimization.candidates.assessment import Assessment, PlanningContext
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan
from scheduling.daily_schedules.catalog_sync import take_over_fewer
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.rules import EntriesByDate, Facts
from scheduling.rules.inputs import is_adjusted

NOBODY_AROUND = PlanningContext(EntriesByDate(), {})


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """What an optimization decided for some departures of a date.

    `base` holds the departures as they were read, `planned` as they should be, by id. `held` stay as they
    are: their pinned guides cannot lead them, and only a person lifts a pin. `context` is what stood around
    them, what guides had entered included, `beside` the other departures of the date.
    """

    day: date
    facts: Facts
    problem: DayProblem
    solved: DayPlan
    base: Mapping[UUID, Departure]
    planned: Mapping[UUID, Departure]
    assessments: Mapping[UUID, Assessment]
    held: Mapping[UUID, Departure] = field(default_factory=dict)
    context: PlanningContext = NOBODY_AROUND
    beside: Mapping[UUID, Departure] = field(default_factory=dict)

    def apply(
        self,
        document: ScheduleDocument,
        now: datetime,
        *,
        leaving_out: Collection[UUID] = (),
        entered: EntriesByDate | None = None,
    ) -> list[UUID]:
        """Put the plan onto the latest document; returns the departures that somebody changed meanwhile.

        Those of which a guide has `entered` something else by now are among them: it was not planned on.
        """
        changed_meanwhile = []
        for key, planned in self.planned.items():
            current = document.departures.get(key)
            if key in leaving_out or not _may_change(current, now):
                continue
            if self._is_outdated(key, current) or (entered and is_adjusted(planned, self.context.entered, entered)):
                changed_meanwhile.append(key)
            elif current is None:
                document.departures[key] = planned.model_copy(deep=True)
            else:
                current.take_plan(planned)
        for key, held in self.held.items():
            current = document.departures.get(key)
            if current is not None and _may_change(current, now):
                take_over_fewer(current, held.catalog_participants)
        return changed_meanwhile

    def _is_outdated(self, key: UUID, current: Departure | None) -> bool:
        return current is not None and _decided_on(current) != _decided_on(self.base.get(key))


def _may_change(current: Departure | None, now: datetime) -> bool:
    return current is None or current.may_be_replanned(now)


def _decided_on(departure: Departure | None) -> object:
    """What a plan was made on: another value now, and it has to be made anew."""
    if departure is None:
        return None
    names = ("team", "trail_id", "status", "starts_at", "ends_at", "capacity", "location_id")
    return [getattr(departure, name) for name in names]
