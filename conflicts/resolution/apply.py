"""Applying an option: the change, the conflict, the resolution's row and what siblings hear, all or nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from conflicts.choices import ResolutionStatus, Strategy
from conflicts.detection import DetectedConflict
from conflicts.errors import ConflictAlreadyResolved, SecondaryConflicts
from conflicts.models import ConflictResolution, RiskAcceptance, ScheduleConflict
from conflicts.monitoring.services import detect_in_changes
from conflicts.monitoring.store import Stored, being_resolved
from conflicts.options import Option
from conflicts.resolution.deliveries import messages_about
from conflicts.resolution.dry_run import refuse_another_premise
from events import outbox
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.catalog_aliases import announce_to_catalog
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.writer import Draft, write_daily_schedules
from scheduling.domain.document import ScheduleDocument
from scheduling.reservations.seating import move_reservations
from scheduling.rules import Facts


@dataclass(frozen=True, slots=True)
class Application:
    """Who applies which option to what."""

    conflict: ScheduleConflict
    option: Option
    by: str
    notes: str
    is_override: bool

    @property
    def author(self) -> Author:
        cause = f"{self.option.strategy} for conflict {self.conflict.pk}"
        return Author(AuthorKind.RESOLUTION, self.by, cause=cause)


def apply_option(
    application: Application,
    *,
    facts: Facts | None = None,
    caused: Collection[DetectedConflict] = (),
    known: Collection[str] = (),
) -> ConflictResolution:
    """Write the option's change and everything that belongs to it in one transaction.

    `caused` are the new conflicts that are accepted with it: the hard rules behind them do not hold it up.
    `known` has the fingerprints of what was wrong before. Raises ConflictAlreadyResolved,
    ResolutionNotApplicable, SecondaryConflicts, HardRuleViolated and ContentionNotResolved.
    """
    conflict, option = application.conflict, application.option
    written: list[ConflictResolution] = []

    def edit(drafts: Mapping[date, Draft]) -> None:
        _refuse_resolved(conflict)
        refuse_another_premise(option, {day: draft.document for day, draft in drafts.items()})
        for change in option.edits:
            change.apply(drafts[change.day].document)

    def also(changes: Mapping[date, Change]) -> None:
        stored = detect_in_changes(changes, facts)
        _refuse_forbidden(stored, known)
        ids = [stored.by_fingerprint.get(each.fingerprint) for each in caused]
        written.append(_close(application, changes, [str(each) for each in ids if each]))

    with being_resolved(conflict.pk):
        write_daily_schedules(
            option.days or [conflict.day],
            edit,
            author=application.author,
            facts=None if caused else facts,
            after_write=also,
        )
    return written[-1]


def _refuse_resolved(conflict: ScheduleConflict) -> None:
    if not ScheduleConflict.objects.open().filter(pk=conflict.pk).exists():
        raise ConflictAlreadyResolved(f"Conflict {conflict.pk} was resolved by someone else.")


def _refuse_forbidden(stored: Stored, known: Collection[str]) -> None:
    """Another writer may have taken the guide meanwhile: what nobody may override is looked at under the locks."""
    new = [each for each in stored.found if each.fingerprint not in known]
    forbidden = [each for each in new if each.cause.is_never_overridden]
    if forbidden:
        raise SecondaryConflicts(forbidden)


def _close(application: Application, changes: Mapping[date, Change], caused: list[str]) -> ConflictResolution:
    conflict, option, now = application.conflict, application.option, timezone.now()
    if not ScheduleConflict.objects.open().filter(pk=conflict.pk).update(resolved=True):
        raise ConflictAlreadyResolved(f"Conflict {conflict.pk} was resolved by someone else.")
    if option.strategy is Strategy.ACCEPT_RISK:
        _accept(application, now)
    messages = _tell(option, changes)
    return ConflictResolution.objects.create(
        conflict=conflict,
        option_id=option.id,
        strategy=option.strategy,
        status=ResolutionStatus.PARTIALLY_RESOLVED if messages else ResolutionStatus.RESOLVED,
        resolved_by=application.by,
        notes=application.notes,
        is_override=application.is_override,
        revisions={str(day): change.schedule.rev for day, change in changes.items()},
        new_conflicts=caused,
        messages=messages,
        resolved_at=now,
        completed_at=None if messages else now,
    )


def _accept(application: Application, now: datetime) -> None:
    details = application.conflict.details
    RiskAcceptance.objects.create(
        conflict=application.conflict,
        fingerprint=details["fingerprint"],
        severity=details["severity"],
        evidence_digest=details["evidence"]["digest"],
        owner=application.by,
        reason=application.notes,
        accepted_at=now,
        expires_at=_end_of(application.conflict, now),
    )


def _end_of(conflict: ScheduleConflict, now: datetime) -> datetime:
    """An acceptance lasts until the last departure it is about is back."""
    document: ScheduleDocument = conflict.schedule.document
    about = conflict.details["departure_ids"]
    ends = [departure.ends_at for key, departure in document.departures.items() if str(key) in about]
    return max([*ends, now + timedelta(hours=1)])


def _tell(option: Option, changes: Mapping[date, Change]) -> list[str]:
    """Record what siblings have to hear of it; the ids of those messages."""
    made = [edit for edit in option.edits if edit.is_new]
    for edit in made:
        departure = changes[edit.day].after.departures[edit.departure_id]
        announce_to_catalog(edit.departure_id, departure, edit.day)
        for old, new in option.moves_reservations.items():
            move_reservations(old, new, edit.day)
    told = [_record(call.model_dump()) for call in option.calls]
    return told + messages_about([edit.departure_id for edit in made])


def _record(message: dict[str, Any]) -> str:
    return str(outbox.record(**message).message_id)
