"""Resolving a conflict: applying one of its options, or accepting its risk."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from conflicts.choices import Strategy
from conflicts.detection import Cause, Severity
from conflicts.errors import (
    ConflictAlreadyResolved,
    NotesRequired,
    ResolutionNotApplicable,
    RiskTooHigh,
    SecondaryConflicts,
    UnknownConflict,
    UnknownOption,
)
from conflicts.models import ConflictResolution, ScheduleConflict
from conflicts.options import Option, accept_risk, options_in
from conflicts.resolution.applications import Application
from conflicts.resolution.apply import apply_option
from conflicts.resolution.deliveries import wait_for_siblings
from conflicts.resolution.dry_run import run_dry
from conflicts.resolution.facts import making_of_cancelling
from conflicts.resolution.option_search import are_options_current, compute_options
from conflicts.resolution.outcomes import ResolutionOutcome, outcome_of, record_failure
from conflicts.steps import only_cancel
from novatrek_scheduling.errors import FieldProblem
from scheduling.errors import ContentionNotResolved, DepartureElsewhere, HardRuleViolated


def resolve_conflict(
    conflict_id: UUID,
    option_id: UUID,
    *,
    by: str,
    notes: str = "",
    override_warnings: bool = False,
    accept_until: datetime | None = None,
) -> ResolutionOutcome:
    """Apply one of a conflict's options, with all its consequences in one transaction.

    An accepted risk is accepted until `accept_until`, or until the departures are over.

    Raises UnknownConflict, ConflictAlreadyResolved, UnknownOption, NotesRequired, ExpiryOutOfRange, RiskTooHigh,
    ResolutionNotApplicable (the options are then recomputed) and SecondaryConflicts, which
    `override_warnings` accepts unless one of them is about certificates, restrictions, overlap or rest. Raises
    SiblingUnavailable where facts that it needs cannot be read.

    Messages to siblings have two seconds to be delivered; with late ones the outcome is PARTIALLY_RESOLVED. It
    is FAILED, with nothing applied, where concurrent writes kept changing the same daily schedule.
    """
    conflict = _open_conflict(conflict_id)
    option = _chosen_option(conflict, option_id)
    application = Application(conflict, option, by, notes, override_warnings, accept_until)
    if option.strategy is Strategy.ACCEPT_RISK:
        _refuse_unacceptable_risk(conflict, notes, override_warnings)
    try:
        return outcome_of(application, _told(_apply(application)))
    except (ResolutionNotApplicable, HardRuleViolated, DepartureElsewhere) as error:
        compute_options(conflict, deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["interactive"])
        if isinstance(error, ResolutionNotApplicable):
            raise
        raise ResolutionNotApplicable(f"The option is no longer possible: {error}") from error
    except ContentionNotResolved as error:
        return record_failure(application, str(error))


def _open_conflict(conflict_id: UUID) -> ScheduleConflict:
    conflict = ScheduleConflict.objects.filter(pk=conflict_id).first()
    if conflict is None:
        problem = FieldProblem("conflict_id", "There is no conflict with this id.")
        raise UnknownConflict(f"There is no conflict {conflict_id}.", problem)
    if conflict.resolved:
        raise ConflictAlreadyResolved(f"Conflict {conflict_id} is resolved already.")
    return conflict


def _chosen_option(conflict: ScheduleConflict, option_id: UUID) -> Option:
    accepting = accept_risk(conflict.pk, conflict.details)
    if option_id == accepting.id:
        # Listed or not: where nobody may accept the risk, the refusal says why.
        return accepting
    offered = {option.id: option for option in options_in(conflict.details)}
    if option_id not in offered and not are_options_current(conflict):
        computed = compute_options(conflict, deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["interactive"])
        offered = {option.id: option for option in computed}
    if option_id not in offered:
        problem = FieldProblem("selected_resolution_id", "Choose one of the conflict's resolution_options.")
        raise UnknownOption(f"The conflict has no option {option_id}.", problem)
    return offered[option_id]


def _refuse_unacceptable_risk(conflict: ScheduleConflict, notes: str, override_warnings: bool) -> None:
    if not notes.strip():
        problem = FieldProblem("operator_notes", "State why the risk is accepted.")
        raise NotesRequired("Accepting a risk needs a reason in operator_notes.", problem)
    cause = Cause(conflict.details["cause"])
    if cause.is_never_overridden:
        raise RiskTooHigh("A missing certificate, broken restriction, overlap or too little rest cannot be accepted.")
    if not cause.may_be_accepted:
        raise RiskTooHigh("Without a lead guide or a trail nobody goes: that cannot be accepted, only changed.")
    if conflict.severity is Severity.CRITICAL and not override_warnings:
        problem = FieldProblem("override_warnings", "Set it to accept a CRITICAL risk.")
        raise RiskTooHigh("A CRITICAL risk is accepted with override_warnings only.", problem)


def _apply(application: Application) -> ConflictResolution:
    option = application.option
    if not option.steps:
        return apply_option(application)
    if only_cancel(option.steps) and not _may_relieve_a_camp(option.days):
        return apply_option(application, making=making_of_cancelling(timezone.now()))
    dry_run = run_dry(option, application.conflict)
    is_forbidden = any(conflict.cause.is_never_overridden for conflict in dry_run.caused)
    if dry_run.caused and (is_forbidden or not application.is_override):
        raise SecondaryConflicts(dry_run.caused)
    return apply_option(application, making=dry_run.making, caused=dry_run.caused, existing=dry_run.existing)


def _may_relieve_a_camp(days: Collection[date]) -> bool:
    """Return whether a base camp is too full on one of these dates, which only the siblings' facts can say is over.

    Whatever else is wrong with a departure is over once it is cancelled, and all that can come of that is that its
    guests have no place: no facts are read for it, and nothing is tried before it is written.
    """
    crowded = ScheduleConflict.objects.open().filter(details__cause=Cause.LOCATION_CAPACITY)
    return crowded.between(min(days), max(days)).exists()


def _told(resolution: ConflictResolution) -> ConflictResolution:
    return wait_for_siblings(resolution) if resolution.messages else resolution
