"""Dry run of an option: the conflicts it would cause, detected in changed copies of the current documents."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from conflicts.detection import DetectedConflict
from conflicts.errors import ResolutionNotApplicable
from conflicts.models import ScheduleConflict
from conflicts.monitoring.planned import detect_planned
from conflicts.monitoring.store import fingerprints_of
from conflicts.options import Option
from conflicts.resolution.facts import read_for, still_waiting
from conflicts.steps import Making, build, seated_in
from scheduling.daily_schedules.drafts import read_drafts


@dataclass(frozen=True, slots=True)
class DryRun:
    """What is needed to make the option, the conflicts it would cause, and the fingerprints of the existing ones.

    `cancelling` are those that follow from its cancelling a departure: guests who lose their place. They are part of
    what was chosen, and take no confirmation.
    """

    making: Making
    caused: tuple[DetectedConflict, ...]
    cancelling: tuple[DetectedConflict, ...]
    existing: frozenset[str]


def run_dry(option: Option, conflict: ScheduleConflict) -> DryRun:
    """Make the option's steps in copies of the current documents, and compare the conflicts before and after.

    Raises ResolutionNotApplicable where a step cannot be made any more or the conflict would remain, and
    SiblingUnavailable where guides or trips cannot be read.
    """
    before = {day: draft.document for day, draft in read_drafts(option.days).items()}
    seconds = settings.SNAPSHOT_DEADLINE_SECONDS["interactive"]
    making = read_for(option.steps, before, now=timezone.now(), deadline_seconds=seconds)
    after = build(option.steps, before, making)
    touched, facts, now = option.departure_ids, making.facts, making.now
    existing = fingerprints_of(detect_planned(before, touched, facts, now=now).conflicts)
    remaining = detect_planned(after, touched, facts, now=now).conflicts
    waiting = still_waiting(conflict)
    if conflict.details["fingerprint"] in fingerprints_of(remaining) or (waiting and not waiting <= seated_in(after)):
        raise ResolutionNotApplicable("This option no longer resolves the conflict; choose another.")
    new = [conflict for conflict in remaining if conflict.fingerprint not in existing]
    return DryRun(
        making,
        caused=tuple(conflict for conflict in new if not conflict.cause.follows_from_cancelling),
        cancelling=tuple(conflict for conflict in new if conflict.cause.follows_from_cancelling),
        existing=existing,
    )
