"""Applying an option: its change, the conflict, the resolution and the siblings' messages in one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from conflicts.choices import EventKind, ResolutionStatus, Strategy
from conflicts.detection import DetectedConflict
from conflicts.detection.guests import waiting_list_id
from conflicts.errors import ConflictAlreadyResolved, ResolutionNotApplicable, SecondaryConflicts
from conflicts.history.recording import record
from conflicts.models import ConflictResolution, ScheduleConflict
from conflicts.monitoring.services import detections_kept
from conflicts.monitoring.store import StoredConflicts, being_resolved, fingerprints_of
from conflicts.resolution.acceptance import accept_risk_of
from conflicts.resolution.applications import Application, Share, shares_of
from conflicts.resolution.closures import closures_of
from conflicts.resolution.deliveries import unsent_messages_about
from conflicts.resolution.facts import still_waiting
from conflicts.resolution.guests import tell_of_no_place, tell_of_other_trails
from conflicts.resolution.reseating import reseating_of
from conflicts.steps import LeaveOut, Making, Step, apply_steps
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


def apply_option(
    application: Application,
    *,
    making: Making | None = None,
    caused: Collection[DetectedConflict] = (),
    existing: Collection[str] = (),
) -> ConflictResolution:
    """Apply one option as `apply_together` does."""
    [resolution] = apply_together([application], making=making, caused=caused, existing=existing)
    return resolution


def apply_together(
    applications: Sequence[Application],
    *,
    making: Making | None = None,
    caused: Collection[DetectedConflict] = (),
    existing: Collection[str] = (),
) -> list[ConflictResolution]:
    """Write the options' changes, the resolutions and the messages to siblings in one transaction.

    Their steps are made on the documents of that moment, one option after the other, with what was read for them in
    `making`; it is None for options without steps. `caused` are the secondary conflicts that the person accepts: with
    any, hard rules refuse the change only where nobody may take the risk. `existing` has the fingerprints of the
    conflicts before it. Returns a resolution for each application. Raises ConflictAlreadyResolved,
    ResolutionNotApplicable, SecondaryConflicts, HardRuleViolated and ContentionNotResolved.
    """
    facts = making.facts if making else None
    steps = [step for application in applications for step in application.option.steps]
    resolutions: list[ConflictResolution] = []

    def edit(drafts: Mapping[date, Draft]) -> None:
        documents = {day: draft.document for day, draft in drafts.items()}
        for application in applications:
            _refuse_outdated(application)
            if making:
                apply_steps(application.option.steps, documents, making)
            if application.keeps_ours:
                _keep_ours(application.conflict, documents[application.conflict.day])

    def close(changes: Mapping[date, Change]) -> None:
        # The detectors have judged this write already.
        stored = found[-1]
        unforeseen = _unforeseen(applications, stored, {*existing, *fingerprints_of(caused)})
        waiting = _keep_waiting(steps, changes)
        new = [*caused, *unforeseen, *(c for c in stored.detected if c.cause.follows_from_cancelling)]
        new = [c for c in new if c.fingerprint not in existing and c.fingerprint in stored.by_fingerprint]
        # A write that met another one starts over: what it closed was rolled back.
        resolutions[:] = [
            _close(
                share,
                changes,
                {str(stored.by_fingerprint[c.fingerprint]) for c in new if share.includes(c)}.union(
                    *(waiting.get(key, set()) for key in share.application.option.departure_ids)
                ),
            )
            for share in shares_of(applications)
        ]

    with detections_kept() as found, ExitStack() as resolving:
        for application in applications:
            resolving.enter_context(being_resolved(application.conflict.pk))
        write_daily_schedules(
            {day for application in applications for day in application.days},
            edit,
            author=_author(applications),
            facts=facts,
            is_override=bool(caused),
            reseating=reseating_of(steps),
            after_write=close,
        )
    return resolutions


def _author(applications: Sequence[Application]) -> Author:
    first, others = applications[0], len(applications) - 1
    cause = f"{first.option.strategy} for conflict {first.conflict.pk}"
    cause += f" and options for {others} more" if others else ""
    return Author(AuthorKind.RESOLUTION, first.by, cause=cause)


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


def _keep_waiting(steps: Iterable[Step], changes: Mapping[date, Change]) -> dict[UUID, set[str]]:
    """Have those wait for another place whom the steps leave out, each told to operations.

    Return the conflicts that say so, by the departure on which they have no place any more.
    """
    conflicts: dict[UUID, set[str]] = {}
    for step in steps:
        if isinstance(step, LeaveOut):
            departure = changes[step.day].after.departures[step.departure_id]
            reason = f"{departure.trip_name} at {departure.starts_at:%H:%M} has {departure.capacity} places"
            lists = keep_waiting(step.reservations, departure.region_id, reason)
            subjects = [[str(waiting_list_id(day, trip_id))] for day, trip_id in sorted(lists)]
            found = ScheduleConflict.objects.open().filter(details__subjects__in=subjects)
            conflicts[step.departure_id] = set(map(str, found.values_list("pk", flat=True)))
    return conflicts


def _refuse_outdated(application: Application) -> None:
    """Raise ConflictAlreadyResolved, and ResolutionNotApplicable where the risk that is accepted is another by now."""
    conflict, details = application.conflict, application.conflict.details
    found = ScheduleConflict.objects.open().filter(pk=conflict.pk)
    current = found.values_list("details__severity", "details__evidence__digest").first()
    if current is None:
        raise ConflictAlreadyResolved(f"Conflict {conflict.pk} was resolved by someone else.")
    accepted = details["severity"], details["evidence"]["digest"]
    if application.option.strategy is Strategy.ACCEPT_RISK and current != accepted:
        raise ResolutionNotApplicable("The risk is another by now; read the conflict again.")


def _unforeseen(
    applications: Sequence[Application], stored: StoredConflicts, foreseen: Collection[str]
) -> list[DetectedConflict]:
    """Return the new conflicts that the dry run did not find: it held no lock, and others have written since.

    `foreseen` are the fingerprints of those before the change and of those that the person accepts. Raises
    ResolutionNotApplicable where a conflict itself would remain, and SecondaryConflicts, unless the person overrides
    warnings and the conflicts are none that nobody may accept.
    """
    to_end = [application.conflict for application in applications if application.option.steps]
    remaining = {conflict.details["fingerprint"] for conflict in to_end} & fingerprints_of(stored.detected)
    if remaining or any(map(still_waiting, to_end)):
        raise ResolutionNotApplicable("This option no longer resolves the conflict; choose another.")
    changed = frozenset[UUID]().union(*(application.option.departure_ids for application in applications))
    new = [c for c in stored.detected if c.fingerprint not in foreseen and not c.cause.follows_from_cancelling]
    about_options = [conflict for conflict in new if changed.intersection(conflict.departure_ids)]
    forbidden = [conflict for conflict in new if conflict.cause.is_never_overridden]
    refused = forbidden or ([] if all(a.is_override for a in applications) else about_options)
    if refused:
        raise SecondaryConflicts(refused)
    return about_options


def _close(share: Share, changes: Mapping[date, Change], caused: Collection[str]) -> ConflictResolution:
    application = share.application
    conflict, option, now = application.conflict, application.option, timezone.now()
    if not ScheduleConflict.objects.open().filter(pk=conflict.pk).update(resolved=True):
        raise ConflictAlreadyResolved(f"Conflict {conflict.pk} was resolved by someone else.")
    notices = tell_guests_of(changes, share.departure_ids) + tell_of_other_trails(share, changes)
    if option.strategy is Strategy.ACCEPT_RISK and not application.is_of_the_catalog:
        accept_risk_of(conflict, by=application.by, reason=application.notes, now=now, until=application.accept_until)
        notices += tell_of_no_place(conflict)
    else:
        _record_resolution(application, now)
    if not application.is_of_the_catalog:
        _ask_to_close_listings(changes, share)
    messages = list(dict.fromkeys([*_notify_siblings(share, changes), *map(str, notices)]))
    return ConflictResolution.objects.create(
        conflict=conflict,
        option_id=option.id,
        strategy=option.strategy,
        status=ResolutionStatus.PARTIALLY_RESOLVED if messages else ResolutionStatus.RESOLVED,
        resolved_by=application.by,
        notes=application.notes,
        is_override=application.is_override,
        revisions={str(day): changes[day].schedule.rev for day in sorted(application.days) if day in changes},
        new_conflicts=sorted(caused),
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


def _notify_siblings(share: Share, changes: Mapping[date, Change]) -> list[str]:
    """Record the messages to siblings, and return their ids."""
    option = share.application.option
    for step in option.added:
        departure = changes[step.day].after.departures[step.departure_id]
        announce_to_catalog(step.departure_id, departure, step.day)
    closures = closures_of(share.application.conflict) if share.closes_trails else []
    messages = [str(outbox.record(**closure).message_id) for closure in closures]
    changed = {key for change in changes.values() for key in change.departure_ids if share.concerns(key)}
    return messages + unsent_messages_about(changed)


def _ask_to_close_listings(changes: Mapping[date, Change], share: Share) -> None:
    """Have operations close what the option cancels or moves to another hour, as it was listed."""
    for day, change in changes.items():
        for key in filter(share.concerns, change.departures_cancelled):
            ask_to_close_listing(key, change.before.departures[key], day, because="is cancelled here")
        for key in filter(share.concerns, sorted(change.departure_ids & change.before.departures.keys())):
            before, after = change.before.departures[key], change.after.departures[key]
            if after.starts_at != before.starts_at:
                ask_to_close_listing(key, before, day, because=f"is at {after.starts_at:%H:%M} now")
