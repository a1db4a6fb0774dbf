"""Applying an option: its change, the conflict, the resolution and the siblings' messages in one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from conflicts.choices import EventKind, ResolutionStatus, Strategy
from conflicts.detection import Cause, DetectedConflict
from conflicts.errors import ConflictAlreadyResolved, ResolutionNotApplicable, SecondaryConflicts
from conflicts.history.recording import record
from conflicts.models import ConflictResolution, ScheduleConflict
from conflicts.monitoring.services import detect_in_changes
from conflicts.monitoring.store import StoredConflicts, being_resolved, fingerprints_of
from conflicts.options import Option
from conflicts.resolution.acceptance import accept_risk_of
from conflicts.resolution.closures import closures_of
from conflicts.resolution.deliveries import unsent_messages_about
from conflicts.resolution.guests import tell_of_no_place
from conflicts.resolution.reseating import reseating_of
from conflicts.steps import LeaveOut, Making, apply_steps
from events import outbox
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.catalog_aliases import announce_to_catalog, ask_to_close_listing
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.guest_notices import tell_guests_of
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.catalog_changes import keep
from scheduling.domain.document import ScheduleDocument
from scheduling.reservations.waiting import keep_waiting


@dataclass(frozen=True, slots=True)
class Application:
    """An option to be applied to its conflict by a person, with their notes and the warnings they override."""

    conflict: ScheduleConflict
    option: Option
    by: str
    notes: str
    is_override: bool
    accept_until: datetime | None = None

    @property
    def is_of_the_catalog(self) -> bool:
        return Cause(self.conflict.details["cause"]).is_of_the_catalog

    @property
    def author(self) -> Author:
        cause = f"{self.option.strategy} for conflict {self.conflict.pk}"
        return Author(AuthorKind.RESOLUTION, self.by, cause=cause)


def apply_option(
    application: Application,
    *,
    making: Making | None = None,
    caused: Collection[DetectedConflict] = (),
    existing: Collection[str] = (),
) -> ConflictResolution:
    """Write the option's change, the resolution and the messages to siblings in one transaction.

    Its steps are made on the documents of that moment, with what was read for them in `making`; it is None for an
    option without steps. `caused` are the secondary conflicts that the person accepts: with any, hard rules do not
    refuse the change. `existing` has the fingerprints of the conflicts before it. Raises ConflictAlreadyResolved,
    ResolutionNotApplicable, SecondaryConflicts, HardRuleViolated and ContentionNotResolved.
    """
    conflict, option = application.conflict, application.option
    facts = making.facts if making else None
    resolutions: list[ConflictResolution] = []

    def edit(drafts: Mapping[date, Draft]) -> None:
        _refuse_resolved(conflict)
        if making:
            apply_steps(option.steps, {day: draft.document for day, draft in drafts.items()}, making)
        if option.strategy is Strategy.ACCEPT_RISK and application.is_of_the_catalog:
            _keep_ours(conflict, drafts[conflict.day].document)

    def close(changes: Mapping[date, Change]) -> None:
        stored = detect_in_changes(changes, facts)
        unforeseen = _unforeseen(application, stored, {*existing, *fingerprints_of(caused)})
        _keep_waiting(option, changes)
        new = [*caused, *unforeseen, *(c for c in stored.detected if c.cause.follows_from_cancelling)]
        fingerprints = {conflict.fingerprint for conflict in new} - set(existing)
        ids = [stored.by_fingerprint[key] for key in sorted(fingerprints & stored.by_fingerprint.keys())]
        resolutions.append(_close(application, changes, [str(conflict_id) for conflict_id in ids]))

    with being_resolved(conflict.pk):
        write_daily_schedules(
            option.days or [conflict.day],
            edit,
            author=application.author,
            facts=None if caused else facts,
            reseating=reseating_of(option.steps),
            after_write=close,
        )
    return resolutions[-1]


def _keep_ours(conflict: ScheduleConflict, document: ScheduleDocument) -> None:
    """Keep the departures as they are: what the catalog lists is no change any more until it changes again.

    Raises ResolutionNotApplicable where it has changed again since the conflict was found.
    """
    for key in map(UUID, conflict.details["departure_ids"]):
        departure = document.departures.get(key)
        listed = departure.catalog_change if departure else None
        known = listed and listed.model_dump(mode="json", exclude={"read_at"})
        if departure is None or known != conflict.details["evidence"]["told"]["listed"]:
            raise ResolutionNotApplicable("The catalog changed the departure again; read the conflict again.")
        keep(departure)


def _keep_waiting(option: Option, changes: Mapping[date, Change]) -> None:
    """Have those wait for another place whom the option leaves out, each told to operations."""
    for step in option.steps:
        if isinstance(step, LeaveOut):
            departure = changes[step.day].after.departures[step.departure_id]
            reason = f"{departure.trip_name} at {departure.starts_at:%H:%M} has {departure.capacity} places"
            keep_waiting(step.reservations, departure.region_id, reason)


def _refuse_resolved(conflict: ScheduleConflict) -> None:
    if not ScheduleConflict.objects.open().filter(pk=conflict.pk).exists():
        raise ConflictAlreadyResolved(f"Conflict {conflict.pk} was resolved by someone else.")


def _unforeseen(application: Application, stored: StoredConflicts, foreseen: Collection[str]) -> list[DetectedConflict]:
    """Return the new conflicts that the dry run did not find: it held no lock, and others have written since.

    `foreseen` are the fingerprints of those before the change and of those that the person accepts. Raises
    ResolutionNotApplicable where the conflict itself would remain, and SecondaryConflicts, unless the person overrides
    warnings and the conflicts are none that nobody may accept.
    """
    option = application.option
    if option.steps and application.conflict.details["fingerprint"] in fingerprints_of(stored.detected):
        raise ResolutionNotApplicable("This option no longer resolves the conflict; choose another.")
    new = [c for c in stored.detected if c.fingerprint not in foreseen and not c.cause.follows_from_cancelling]
    about_option = [conflict for conflict in new if option.departure_ids.intersection(conflict.departure_ids)]
    forbidden = [conflict for conflict in new if conflict.cause.is_never_overridden]
    refused = forbidden or ([] if application.is_override else about_option)
    if refused:
        raise SecondaryConflicts(refused)
    return about_option


def _close(application: Application, changes: Mapping[date, Change], caused: list[str]) -> ConflictResolution:
    conflict, option, now = application.conflict, application.option, timezone.now()
    if not ScheduleConflict.objects.open().filter(pk=conflict.pk).update(resolved=True):
        raise ConflictAlreadyResolved(f"Conflict {conflict.pk} was resolved by someone else.")
    told = tell_guests_of(changes)
    if option.strategy is Strategy.ACCEPT_RISK and not application.is_of_the_catalog:
        accept_risk_of(conflict, by=application.by, reason=application.notes, now=now, until=application.accept_until)
        told += tell_of_no_place(conflict)
    else:
        _record_resolution(application, now)
    if not application.is_of_the_catalog:
        _ask_to_close_listings(changes)
    messages = [*_notify_siblings(application, changes), *map(str, told)]
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


def _record_resolution(application: Application, now: datetime) -> None:
    record(
        EventKind.RESOLVED,
        application.conflict,
        now=now,
        by=application.by,
        strategy=application.option.strategy,
        description=application.option.description,
        notes=application.notes,
        is_override=application.is_override,
    )


def _notify_siblings(application: Application, changes: Mapping[date, Change]) -> list[str]:
    """Record the messages to siblings, and return their ids."""
    option = application.option
    for step in option.added:
        departure = changes[step.day].after.departures[step.departure_id]
        announce_to_catalog(step.departure_id, departure, step.day)
    closures = closures_of(application.conflict) if option.strategy is Strategy.CLOSE_TRAIL else []
    messages = [str(outbox.record(**closure).message_id) for closure in closures]
    return messages + unsent_messages_about([step.departure_id for step in option.added])


def _ask_to_close_listings(changes: Mapping[date, Change]) -> None:
    """Have operations close what the option cancels or moves to another hour, as it was listed."""
    for day, change in changes.items():
        for key in change.departures_cancelled:
            ask_to_close_listing(key, change.before.departures[key], day, because="is cancelled here")
        for key in sorted(change.departure_ids & change.before.departures.keys()):
            before, after = change.before.departures[key], change.after.departures[key]
            if after.starts_at != before.starts_at:
                ask_to_close_listing(key, before, day, because=f"is at {after.starts_at:%H:%M} now")
