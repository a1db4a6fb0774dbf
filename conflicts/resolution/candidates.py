"""From candidates to options: built, checked, described and put in order, once and in one place for all strategies."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from conflicts.choices import Strategy
from conflicts.detection import DetectedConflict
from conflicts.options import CausedConflict, Figures, Option, option_id
from conflicts.resolution.changes import Documents, changed_parts
from conflicts.resolution.figures import figures_of, impact_text
from conflicts.resolution.judging import Solution, solution_of
from conflicts.resolution.names import Names, date_text
from conflicts.resolution.problem import Problem
from conflicts.resolution.registry import Candidate, CandidateSearch, rate_change
from conflicts.resolution.sentences import describe_change
from conflicts.steps import days_of_steps, departures_of, seated_in
from novatrek_scheduling.deadline import Deadline
from scheduling.daily_schedules.departure_dates import dates_of

MAX_OFFERED = 3
"""Options that a search may offer."""


@dataclass(slots=True)
class _Asked:
    """A search that is asked for candidates, and how many of them solve the conflict so far."""

    candidates: Iterator[Candidate]
    offered: int = 0


def search_options(problem: Problem, searches: Iterable[CandidateSearch], deadline: Deadline) -> list[Option]:
    """Return what the searches find until the deadline, best first.

    They are asked for a candidate each in turn: none of them uses up the time of the others.
    """
    found: dict[UUID, Option] = {}
    asked = deque(_Asked(iter(search(problem))) for search in searches)
    while asked and not deadline.has_passed:
        search = asked.popleft()
        candidate = next(search.candidates, None)
        if candidate is None:
            continue
        option = option_of(candidate, problem)
        if option is not None and option.id not in found:
            found[option.id] = option
            search.offered += 1
        if search.offered < MAX_OFFERED:
            asked.append(search)
    return sorted(found.values(), key=_cost)


def with_ids_of_their_own(options: list[Option]) -> list[Option]:
    """Return the options without those that add a departure whose id is on another date, where it was moved to."""
    added = [step.departure_id for option in options for step in option.added]
    dates = dates_of(added) if added else {}
    return [
        option for option in options if all(dates.get(step.departure_id, step.day) == step.day for step in option.added)
    ]


def option_of(candidate: Candidate, problem: Problem) -> Option | None:
    """Return the option that a candidate makes, None where it does not solve the conflict."""
    strategy, steps = candidate
    solution = solution_of(problem, steps)
    return _option(strategy, solution, problem) if solution else None


def _option(strategy: Strategy, solution: Solution, problem: Problem) -> Option:
    steps, changed = solution.steps, solution.changed
    before, after = changed_parts({day: problem.documents[day] for day in changed}, changed, departures_of(steps))
    causes = [_shown(conflict) for conflict in solution.causes]
    figures = figures_of(before, after, rate_change(problem, before, after), causes)
    names = Names.of(problem.facts.snapshot)
    texts = [describe_change(before, after, names)]
    if strategy is Strategy.CLOSE_TRAIL:
        texts += [closure_text(trail_id, problem.day, names) for trail_id in problem.trail_ids]
    return Option(
        id=option_id(problem.conflict_id, strategy, steps),
        strategy=strategy,
        steps=steps,
        description=" ".join(texts),
        impact_assessment=impact_text(figures),
        estimated_affected_guests=figures.guests_touched,
        requires_guest_notification=_must_tell_guests(figures, before, after),
        figures=figures,
        revisions={day: problem.revisions[day] for day in days_of_steps(steps)},
    )


def closure_text(trail_id: UUID, day: date, names: Names) -> str:
    """Return what CLOSE_TRAIL has svc-trail-management do."""
    return f"{names.trail(trail_id)} is closed on {date_text(day)} at svc-trail-management."


def _must_tell_guests(figures: Figures, before: Documents, after: Documents) -> bool:
    loses_or_moves = figures.guests_moved > 0 or figures.guests_without_place > 0
    return loses_or_moves or not seated_in(after) <= seated_in(before)


def _shown(conflict: DetectedConflict) -> CausedConflict:
    return CausedConflict(type=conflict.type, severity=conflict.severity, description=conflict.description)


def _cost(option: Option) -> tuple[float, ...]:
    """What an option costs, in the order in which it counts: guests, new conflicts, people and departures, score."""
    figures = option.figures
    return (
        figures.guests_without_place,
        figures.guests_moved,
        len(figures.causes),
        figures.guest_hours_moved,
        figures.guides_changed + figures.departures_changed,
        -(figures.score_after or 0.0),
    )
