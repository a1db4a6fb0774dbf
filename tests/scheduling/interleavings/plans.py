"""A plan of an optimizer: made on a document that may be history by the time it is merged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from optimization.days.planned_day import PlannedDay
from optimization.solver.day import solve_day
from optimization.solver.problem import DayProblem
from scheduling.domain.document import Departure
from scheduling.rules import Facts
from tests.scheduling.interleavings.documents import Json, copied, count_participants, decided_on, put
from tests.scheduling.interleavings.meanings import OPEN
from tests.scheduling.interleavings.rules import refuse_what_newly_breaks_a_rule

NOTHING_TO_SOLVE = DayProblem((), ())
NOTHING_SOLVED = solve_day(NOTHING_TO_SOLVE)
PLANNED_FIELDS = ("team", "trail_id", "unassigned_reason", "catalog_participants")


@dataclass(frozen=True, slots=True)
class Plan:
    """`base` holds departures as they were read, `planned` as they should be, in JSON and by id."""

    base: Json
    planned: Json

    def as_planned(self, day: date, facts: Facts) -> PlannedDay:
        """The same as the optimizer holds it."""
        return PlannedDay(
            day, facts, NOTHING_TO_SOLVE, NOTHING_SOLVED, _typed(self.base), _typed(self.planned), assessments={}
        )

    def merged_into(self, document: Json) -> Json:
        """What the model makes of a document with this plan: only the optimizer's fields, and only where nobody
        decided otherwise meanwhile. Raises Refused.
        """
        before, departures = copied(document), document["departures"]
        for key, planned in self.planned.items():
            current = departures.get(key)
            if current is None:
                departures[key] = copied(planned)
            elif current["status"] in OPEN and decided_on(current) == decided_on(self.base.get(key)):
                for name in PLANNED_FIELDS:
                    put(current, name, planned.get(name))
                count_participants(current)
        refuse_what_newly_breaks_a_rule(before, document)
        return document


def plan_on(document: Json, changes: Mapping[str, Mapping[str, Any]]) -> Plan:
    """A plan that gives departures other teams, trails and numbers: `changes` by id, whole where it is new."""
    base = {key: departure for key, departure in document["departures"].items() if key in changes}
    planned = {}
    for key, fields in changes.items():
        planned[key] = copied(base.get(key, {}))
        for name, value in fields.items():
            put(planned[key], name, value)
    return Plan(base, planned)


def _typed(departures: Json) -> dict[UUID, Departure]:
    return {UUID(key): Departure.model_validate(departure) for key, departure in departures.items()}
