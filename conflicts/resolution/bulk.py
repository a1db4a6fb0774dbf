"""Resolving many conflicts in one call: a storm's departures, each option made after the one before.

Planning comes first, outside of any transaction: every option is checked on the documents as those before it leave
them, and sought anew where it is no longer possible. Then what is planned is written, all or nothing for each date;
dates that one option links are one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from conflicts.choices import ResolutionStatus
from conflicts.errors import ConflictAlreadyResolved, ResolutionNotApplicable, SecondaryConflicts
from conflicts.models import ScheduleConflict
from conflicts.resolution.applications import Application
from conflicts.resolution.apply import apply_together
from conflicts.resolution.bulk_planning import Choice, Planned, plan_choices
from conflicts.resolution.deliveries import with_deliveries
from conflicts.resolution.facts import read_for
from conflicts.resolution.outcomes import ResolutionOutcome, outcome_of, record_failure
from novatrek_scheduling.errors import DomainError
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.domain.limits import LONGEST_TRIP
from scheduling.errors import ContentionNotResolved, HardRuleViolated

TRIES = 3
"""How often choices are planned again because others wrote between planning and writing."""


@dataclass(frozen=True, slots=True)
class ChoiceOutcome:
    """What became of a choice: the outcome of its resolution, or why nothing was done about its conflict."""

    conflict_id: UUID
    description: str = ""
    resolution: ResolutionOutcome | None = None
    refusal: str = ""


def resolve_conflicts(choices: Sequence[Choice], *, by: str, notes: str = "") -> list[ChoiceOutcome]:
    """Resolve conflicts with the chosen options, or the best, and return an outcome for each choice, in their order.

    The choices of a date are applied together or not at all, dates in their order; those of dates that an option links
    together, too. An option that is no longer possible after those before it is sought anew, with the same strategy;
    where there is none, or it would cause another conflict, its choice is refused and the others go on. No warning is
    overridden and no risk accepted.
    """
    outcomes: dict[UUID, ChoiceOutcome] = {}
    waiting = list(choices)
    for _ in range(TRIES):
        plan = plan_choices(waiting)
        waiting = []
        outcomes |= {refused.conflict_id: _refused(refused) for refused in plan if refused.option is None}
        for group in groups_of([planned for planned in plan if planned.option is not None]):
            try:
                outcomes |= _write(group, by=by, notes=notes)
            except (ConflictAlreadyResolved, ResolutionNotApplicable, HardRuleViolated, SecondaryConflicts) as error:
                reason = f"Others changed the plan meanwhile: {error}"
                outcomes |= {p.conflict_id: ChoiceOutcome(p.conflict_id, refusal=reason) for p in group}
                waiting += [planned.choice for planned in group]
            except DomainError as error:
                # Whatever refuses these dates: of those before them the person has to hear what was done.
                outcomes |= {p.conflict_id: ChoiceOutcome(p.conflict_id, refusal=error.message) for p in group}
        if not waiting:
            break
    return [outcomes[choice.conflict_id] for choice in choices]


def groups_of(plan: Iterable[Planned]) -> list[list[Planned]]:
    """Divide what is planned into what is written together: by date, in the order of dates.

    An option over two dates belongs to both, so that they are one.
    """
    groups: list[tuple[set[date], list[Planned]]] = []
    for planned in plan:
        days = set(planned.days)
        linked = [group for group in groups if group[0] & days]
        groups = [group for group in groups if not group[0] & days]
        members = [member for _, own in linked for member in own]
        groups.append((days.union(*(own for own, _ in linked)), [*members, planned]))
    # As planned: the first of a group was planned before all others of it.
    return [sorted(members, key=lambda planned: planned.position) for _, members in sorted(groups, key=_first_day)]


def _first_day(group: tuple[set[date], list[Planned]]) -> date:
    return min(group[0])


def _write(group: Sequence[Planned], *, by: str, notes: str) -> dict[UUID, ChoiceOutcome]:
    """Apply what is planned for some dates in one transaction.

    Raises what `apply_together` raises, but for contention, and SiblingUnavailable and UnknownTrip.
    """
    applications = [
        Application(planned.conflict, planned.option, by, notes)
        for planned in group
        if planned.conflict is not None and planned.option is not None
    ]
    steps = [step for application in applications for step in application.option.steps]
    days = {day for application in applications for day in application.days}
    documents = {day: draft.document for day, draft in read_drafts(days).items()}
    seconds = settings.SNAPSHOT_DEADLINE_SECONDS["interactive"]
    making = read_for(steps, documents, now=timezone.now(), deadline_seconds=seconds)
    # One between departures of two dates belongs to the earlier of them.
    existing = ScheduleConflict.objects.open().between(min(days) - LONGEST_TRIP, max(days))
    fingerprints = set(existing.values_list("details__fingerprint", flat=True))
    try:
        resolutions = apply_together(applications, making=making, existing=fingerprints)
    except ContentionNotResolved as error:
        return {a.conflict.pk: _outcome(a, record_failure(a, str(error))) for a in applications}
    return {
        # Nobody waits for siblings here: they are told while the next dates are written.
        application.conflict.pk: _outcome(application, outcome_of(application, with_deliveries(resolution)))
        for application, resolution in zip(applications, resolutions, strict=True)
    }


def _outcome(application: Application, resolution: ResolutionOutcome) -> ChoiceOutcome:
    is_failed = resolution.resolution_status is ResolutionStatus.FAILED
    refusal = "Concurrent writes kept changing the same daily schedule." if is_failed else ""
    return ChoiceOutcome(application.conflict.pk, application.option.description, resolution, refusal)


def _refused(planned: Planned) -> ChoiceOutcome:
    return ChoiceOutcome(planned.conflict_id, refusal=planned.refusal)
