"""Dry run of an option: the conflicts it would cause, detected in changed copies of the current documents."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from conflicts.detection import DetectedConflict, Detection
from conflicts.errors import ResolutionNotApplicable
from conflicts.models import ScheduleConflict
from conflicts.monitoring.scene_loader import DetectionScope, detect_all
from conflicts.monitoring.store import fingerprints_of
from conflicts.options import Option
from conflicts.resolution.facts import read_for, still_waiting
from conflicts.steps import Documents, Making, build, seated_in
from scheduling.daily_schedules.commitments import by_guide, commitments_around, commitments_in, without_departures
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.domain.facts import Span


@dataclass(frozen=True, slots=True)
class DryRun:
    """What is needed to make the option, the conflicts it would cause, and the fingerprints of the existing ones.

    Guests who lose their place are no such conflict: the option says that it cancels.
    """

    making: Making
    caused: tuple[DetectedConflict, ...]
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
    existing = fingerprints_of(_detect(option, before, making).conflicts)
    remaining = _detect(option, after, making).conflicts
    if conflict.details["fingerprint"] in fingerprints_of(remaining) or not still_waiting(conflict) <= seated_in(after):
        raise ResolutionNotApplicable("This option no longer resolves the conflict; choose another.")
    caused = tuple(c for c in remaining if c.fingerprint not in existing and not c.cause.follows_from_cancelling)
    return DryRun(making, caused, existing)


def _detect(option: Option, documents: Documents, making: Making) -> Detection:
    """Detect conflicts of the option's departures in these documents, beside the stored commitments to others."""
    touched = option.departure_ids
    scopes = {
        day: DetectionScope(document, touched & document.departures.keys()) for day, document in documents.items()
    }
    present = [departure for scope in scopes.values() for departure in scope.present]
    if not present:
        return Detection((), frozenset())
    span = Span(min(d.starts_at for d in present), max(d.ends_at for d in present))
    guides = {guide for departure in present for guide in departure.guide_ids}
    planned = without_departures(commitments_around(span, guides), touched)
    for day, document in documents.items():
        planned += commitments_in(document, day, touched)
    return detect_all(scopes, making.facts, now=making.now, commitments=by_guide(planned))
