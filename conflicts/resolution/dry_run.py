"""What an option would cause, found by making its change to copies of today's documents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone

from conflicts.detection import DetectedConflict, Detection
from conflicts.errors import ResolutionNotApplicable
from conflicts.monitoring.scene_loader import Look, detect_all
from conflicts.monitoring.store import fingerprints_of
from conflicts.options import Option, premise_of
from conflicts.resolution.option_search import Certifier, take_snapshot_for
from scheduling.daily_schedules.commitments import by_guide, commitments_around, commitments_in, without_departures
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.daily_schedules.writer import read_drafts
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.rules import Facts
from scheduling.rules.inputs import days_of


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The facts it was judged on, the conflicts it would cause, and the fingerprints of those that are there now."""

    facts: Facts
    caused: tuple[DetectedConflict, ...]
    known: frozenset[str]


def rehearse(option: Option, fingerprint: str) -> Rehearsal:
    """Make the option's change to copies and look what is wrong then that isn't now.

    Raises ResolutionNotApplicable where a departure is no longer what the option was computed on, or the
    conflict with this `fingerprint` would stay; SiblingUnavailable where guides or trips are not to be had.
    """
    drafts = read_drafts(option.days)
    before = {day: draft.document for day, draft in drafts.items()}
    refuse_another_premise(option, before)
    after = {day: document.copy_for_editing() for day, document in before.items()}
    for edit in option.edits:
        edit.apply(after[edit.day])
    planned = [after[edit.day].departures[edit.departure_id] for edit in option.edits]
    facts = _facts_about(planned, option.days)
    known = fingerprints_of(_look(option, before, facts).found)
    then = _look(option, after, facts).found
    if fingerprint in fingerprints_of(then):
        raise ResolutionNotApplicable("This option no longer resolves the conflict; choose another.")
    return Rehearsal(facts, tuple(each for each in then if each.fingerprint not in known), known)


def refuse_another_premise(option: Option, documents: dict[date, ScheduleDocument]) -> None:
    """Raise ResolutionNotApplicable where a departure changed since the option was computed."""
    for edit in option.edits:
        departure = documents[edit.day].departures.get(edit.departure_id)
        if (premise_of(departure) if departure else None) != option.premise.get(edit.departure_id):
            raise ResolutionNotApplicable("The departure changed since this option was computed; choose another.")


def _facts_about(departures: list[Departure], days: Iterable[date]) -> Facts:
    seconds = settings.SNAPSHOT_DEADLINE_SECONDS["interactive"]
    certify = Certifier.within(seconds)
    wanted = {*days, *(day for departure in departures for day in days_of(departure))}
    facts = gather_facts(take_snapshot_for(departures, wanted, deadline_seconds=seconds))
    guides = {guide for departure in departures for guide in departure.guide_ids}
    return certify(facts, guides)


def _look(option: Option, documents: dict[date, ScheduleDocument], facts: Facts) -> Detection:
    """What is wrong with the option's departures in these documents, beside what everybody else has planned."""
    touched = option.departure_ids
    looks = {day: Look(document, touched & document.departures.keys()) for day, document in documents.items()}
    present = [departure for look in looks.values() for departure in look.present]
    if not present:
        return Detection((), frozenset())
    span = Span(min(d.starts_at for d in present), max(d.ends_at for d in present))
    guides = {guide for departure in present for guide in departure.guide_ids}
    planned = without_departures(commitments_around(span, guides), touched)
    for day, document in documents.items():
        planned += commitments_in(document, day, touched)
    return detect_all(looks, facts, now=timezone.now(), commitments=by_guide(planned))
