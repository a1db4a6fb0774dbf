"""Dry run of an option: the conflicts it would cause, detected in changed copies of the current documents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone

from conflicts.detection import DetectedConflict, Detection
from conflicts.errors import ResolutionNotApplicable
from conflicts.monitoring.scene_loader import DetectionScope, detect_all
from conflicts.monitoring.store import fingerprints_of
from conflicts.options import Option, premise_of
from conflicts.resolution.option_search import Certifier, take_snapshot_for
from novatrek_scheduling.deadline import Deadline
from scheduling.daily_schedules.commitments import by_guide, commitments_around, commitments_in, without_departures
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.rules import Facts
from scheduling.rules.inputs import days_of


@dataclass(frozen=True, slots=True)
class DryRun:
    """The facts of a dry run, the conflicts the option would cause, and the fingerprints of the existing ones.

    Guests who lose their place are no such conflict: the option says that it cancels.
    """

    facts: Facts
    caused: tuple[DetectedConflict, ...]
    existing: frozenset[str]


def run_dry(option: Option, fingerprint: str) -> DryRun:
    """Make the option's change to copies of the documents, and compare the conflicts before and after.

    Raises ResolutionNotApplicable where a departure changed since the option was computed or the conflict with
    this `fingerprint` would remain, and SiblingUnavailable where guides or trips cannot be read.
    """
    drafts = read_drafts(option.days)
    before = {day: draft.document for day, draft in drafts.items()}
    refuse_changed_premise(option, before)
    after = {day: document.copy_for_editing() for day, document in before.items()}
    option.apply(after)
    planned = [edit.departure_in(after) for edit in option.edits]
    facts = _facts_about(planned, option.days)
    existing = fingerprints_of(_detect(option, before, facts).conflicts)
    remaining = _detect(option, after, facts).conflicts
    if fingerprint in fingerprints_of(remaining):
        raise ResolutionNotApplicable("This option no longer resolves the conflict; choose another.")
    caused = tuple(c for c in remaining if c.fingerprint not in existing and not c.cause.follows_from_cancelling)
    return DryRun(facts, caused, existing)


def refuse_changed_premise(option: Option, documents: dict[date, ScheduleDocument]) -> None:
    """Raise ResolutionNotApplicable where a departure changed since the option was computed."""
    for edit in option.edits:
        departure = documents[edit.day].departures.get(edit.departure_id)
        if (premise_of(departure) if departure else None) != option.premise.get(edit.departure_id):
            raise ResolutionNotApplicable("The departure changed since this option was computed; choose another.")


def _facts_about(departures: list[Departure], days: Iterable[date]) -> Facts:
    seconds = settings.SNAPSHOT_DEADLINE_SECONDS["interactive"]
    certify = Certifier(Deadline.after(seconds))
    dates = {*days, *(day for departure in departures for day in days_of(departure))}
    facts = gather_facts(take_snapshot_for(departures, dates, deadline_seconds=seconds))
    guides = {guide for departure in departures for guide in departure.guide_ids}
    return certify(facts, guides)


def _detect(option: Option, documents: dict[date, ScheduleDocument], facts: Facts) -> Detection:
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
    return detect_all(scopes, facts, now=timezone.now(), commitments=by_guide(planned))
