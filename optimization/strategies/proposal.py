"""Options from edits of departures: their check and their form."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from conflicts.choices import Strategy
from conflicts.options import DepartureEdit, Option, option_id, premise_of
from conflicts.resolution.problem import Problem
from scheduling.domain.document import Departure, ScheduleDocument, TeamMember, move_guests
from scheduling.rules import Facts

MAX_OFFERED = 3


def solves(
    problem: Problem, facts: Facts, edits: Iterable[DepartureEdit], moved_guests: Mapping[UUID, UUID] | None = None
) -> bool:
    """Return True where the edits, applied to copies, resolve the conflict and break no rule.

    `moved_guests` are departures whose guests go to another one.
    """
    edits = list(edits)
    changed = apply_to_copies(problem, edits)
    move_guests(changed.values(), moved_guests or {})
    return problem.solves(facts, changed, {edit.departure_id for edit in edits})


def apply_to_copies(problem: Problem, edits: Collection[DepartureEdit]) -> dict[date, ScheduleDocument]:
    """Return copies of the documents that the edits change, with the edits made."""
    days = {day for edit in edits for day in edit.days}
    changed = {day: problem.documents[day].copy_for_editing() for day in days}
    for edit in edits:
        edit.apply(changed)
    return changed


def team_fields(team: list[TeamMember]) -> dict[str, Any]:
    """Return the fields of a departure that a new team sets."""
    return {"team": [member.model_dump(mode="json") for member in team], "unassigned_reason": None}


def propose(
    problem: Problem, strategy: Strategy, subject: object, edits: Iterable[DepartureEdit], **fields: Any
) -> Option:
    """Return the option of these edits, its id derived from `subject`; `fields` are its texts and further fields."""
    edits = tuple(edits)
    touched = _departures(problem, edits)
    return Option(
        id=option_id(problem.conflict_id, strategy, subject),
        strategy=strategy,
        edits=edits,
        premise={key: premise_of(departure) for key, departure in touched.items()},
        revisions={day: problem.revisions[day] for edit in edits for day in edit.days},
        **fields,
    )


def _departures(problem: Problem, edits: Iterable[DepartureEdit]) -> dict[UUID, Departure]:
    return {
        edit.departure_id: departure
        for edit in edits
        if (departure := problem.documents[edit.day].departures.get(edit.departure_id))
    }
