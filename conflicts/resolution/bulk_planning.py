"""What would be done about many conflicts: an option for each, as possible after those before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings

from conflicts.choices import Strategy
from conflicts.models import ScheduleConflict
from conflicts.options import Option, options_in
from conflicts.resolution.candidates import option_of, search_options
from conflicts.resolution.judging import change_by, is_there_still, solution_of
from conflicts.resolution.option_search import state_problem
from conflicts.resolution.problem import Problem
from conflicts.resolution.registry import registered_searches
from conflicts.resolution.shared_reading import SharedReading
from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.errors import DomainError
from scheduling.domain.document import ScheduleDocument

GONE = "Its departures are over or out."
SOLVED = "An option before it ends this conflict, too."
NOTHING = "Nothing solves it without causing another conflict."
NO_PLACES_LEFT = "By now it costs guests their place, or causes another conflict."
TO_ACCEPT = "To follow the catalog would cause another conflict, which has to be accepted at the conflict itself: {}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A conflict, with the option that a person chose for it, or none for the best.

    Where the option is no longer possible, another one of its `strategy` takes its place. Without `may_cost_places`
    none does that leaves guests without a place: the person saw one that left nobody.
    """

    conflict_id: UUID
    option_id: UUID | None = None
    strategy: Strategy | None = None
    may_cost_places: bool = True

    @property
    def unsolved(self) -> str:
        """Why nothing is done where no option is left that may be."""
        return NOTHING if self.may_cost_places else NO_PLACES_LEFT

    def allows(self, option: Option) -> bool:
        """Return whether the option may be done for this choice."""
        return self.may_cost_places or option.figures.guests_without_place == 0


@dataclass(frozen=True, slots=True)
class Planned:
    """A choice with the option that it comes to, or why there is none. `position` is its place in the plan."""

    choice: Choice
    position: int
    conflict: ScheduleConflict | None = None
    option: Option | None = None
    refusal: str = ""

    @property
    def conflict_id(self) -> UUID:
        return self.choice.conflict_id

    @property
    def days(self) -> list[date]:
        return self.option.days if self.option else []


def plan_choices(choices: Iterable[Choice]) -> list[Planned]:
    """Return what each choice comes to, by date, the most severe first. Nothing is written.

    An option is rebuilt and checked on the documents as the options before it leave them; nothing new may come of it
    but guests without a place whom it says it leaves out.
    """
    by_id = {choice.conflict_id: choice for choice in choices}
    rows = ScheduleConflict.objects.filter(pk__in=by_id).select_related("schedule")
    conflicts = sorted(rows, key=lambda c: (c.day, -c.severity.rank, c.detected_at, c.pk))
    planner = _Planner()
    plan = [planner.plan(by_id[conflict.pk], conflict) for conflict in conflicts]
    unknown = by_id.keys() - {conflict.pk for conflict in conflicts}
    return plan + [Planned(by_id[key], len(plan), refusal=f"There is no conflict {key}.") for key in sorted(unknown)]


class _Planner:
    """Plans one conflict after the other on documents that it changes in memory."""

    def __init__(self) -> None:
        self.documents: dict[date, ScheduleDocument] = {}
        self.touched: set[UUID] = set()
        self.shared = SharedReading()
        self.position = 0

    def plan(self, choice: Choice, conflict: ScheduleConflict) -> Planned:
        self.position += 1
        if conflict.resolved:
            return Planned(choice, self.position, conflict, refusal="It is resolved already.")
        seconds = settings.SNAPSHOT_DEADLINE_SECONDS["interactive"]
        try:
            problem = state_problem(conflict, deadline_seconds=seconds, shared=self.shared, planned=self.documents)
        except DomainError as error:
            return Planned(choice, self.position, conflict, refusal=error.message)
        if problem is None:
            return Planned(choice, self.position, conflict, refusal=GONE)
        if self._is_solved(problem):
            return Planned(choice, self.position, conflict, refusal=SOLVED)
        option = _option_for(choice, problem, conflict.details)
        caused = _caused_by_following(option, problem) if option else []
        changed = change_by(problem, option.steps) if option and not caused else None
        if option is None or changed is None:
            refusal = TO_ACCEPT.format(" ".join(caused)) if caused else choice.unsolved
            return Planned(choice, self.position, conflict, refusal=refusal)
        self.documents |= changed
        self.touched |= option.departure_ids
        return Planned(choice, self.position, conflict, option)

    def _is_solved(self, problem: Problem) -> bool:
        about = {UUID(key) for key in problem.details["departure_ids"]}
        return bool(about & self.touched) and not is_there_still(problem)


def _caused_by_following(option: Option, problem: Problem) -> list[str]:
    """Return what following the catalog causes and a person has to accept; other options cause nothing of that kind."""
    solution = solution_of(problem, option.steps) if problem.cause.is_of_the_catalog else None
    caused = solution.causes if solution else ()
    return [conflict.description for conflict in caused if not conflict.cause.follows_from_cancelling]


def _option_for(choice: Choice, problem: Problem, details: Mapping[str, object]) -> Option | None:
    """Return the chosen option if it still solves the conflict, or else the best of its strategy that does."""
    offered = [option for option in options_in(details) if option.steps]
    chosen = [option for option in offered if choice.option_id in {None, option.id}]
    strategy = choice.strategy or (chosen[0].strategy if chosen and choice.option_id else None)
    for option in chosen:
        rebuilt = option_of((option.strategy, option.steps), problem)
        if rebuilt is not None and choice.allows(rebuilt):
            return rebuilt
    searched = search_options(problem, registered_searches(), Deadline.after(settings.RESOLUTION_OPTIONS_SECONDS))
    return next((option for option in searched if strategy in {None, option.strategy} and choice.allows(option)), None)
