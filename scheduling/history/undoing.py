"""Undoing one's own last change of a date, and doing it again: the fields that it changed, and nothing else.

The history is all there is to it: each of them is a revision whose cause names the one that it takes back.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from novatrek_scheduling.errors import Conflicting
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.catalog_aliases import ask_to_close_listings
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.decision_facts import load_decision_facts
from scheduling.daily_schedules.drafts import Draft, unchanged
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.errors import DepartureNotEditable
from scheduling.history.plan_fields import DERIVED_FIELDS, changes_a_plan, differing_fields, take_over
from scheduling.history.restore import existing, read_document_at, require_approval
from scheduling.history.revisions import of_departure
from scheduling.models import ScheduleRevision, schedule_id_of
from scheduling.rules import Facts

MOST = 100
"""The revisions of a person that are looked through: what is older is not undone by a key."""

CHECKED_FIELDS = frozenset({"team", "trail_id", "starts_at", "ends_at", "status"})
"""The fields that hard rules depend on."""

FIELD_WORDS: Mapping[str, str] = {
    "team": "the team",
    "trail_id": "the trail",
    "starts_at": "the start",
    "ends_at": "the end",
    "capacity": "the places",
    "status": "whether it is cancelled",
}
_CAUSE = re.compile(r"revision (\d+) (undone|redone)")


class NothingToUndo(Conflicting):
    """The person has changed nothing of the date that is left to be undone, or undone nothing to be done again."""

    code = "NOTHING_TO_UNDO"


class ChangedSince(Conflicting):
    """Somebody has changed the same fields since: undoing would undo their change."""

    code = "CHANGED_SINCE"


@dataclass(slots=True)
class Steps:
    """The revisions that a person may undo and do again, the next one last."""

    to_undo: list[int] = field(default_factory=list)
    to_redo: list[int] = field(default_factory=list)


def steps_of(day: date, subject: str) -> Steps:
    """Return what a person may undo and do again of a date, in one query.

    Only what they changed by hand in the plans: publications, resolutions and optimizations are none of it.
    """
    own = ScheduleRevision.objects.filter(
        schedule_id=schedule_id_of(day), kind=AuthorKind.DISPATCHER.value, author=subject
    ).order_by("-rev")
    steps = Steps()
    for rev, cause, changes in reversed(own.values_list("rev", "cause", "changes")[:MOST]):
        taken_back = _CAUSE.fullmatch(cause)
        if taken_back:
            _take_back(steps, int(taken_back[1]), is_undone=taken_back[2] == "undone")
        elif changes_a_plan(changes):
            steps.to_undo.append(rev)
            steps.to_redo.clear()
    return steps


def undo_last(day: date, *, author: Author, facts: Facts | None = None) -> Change:
    """Give the departures that the author's last change of `day` touched the fields that they had before it.

    As a new revision, checked like any other write. `facts` are used instead of asking the siblings.

    Raises NothingToUndo, ChangedSince where others changed the same fields since, DepartureNotEditable for one that has
    started or would have, UnknownSchedule, HardRuleViolated, SiblingUnavailable and ContentionNotResolved.
    """
    steps = steps_of(day, author.subject).to_undo
    if not steps:
        raise NothingToUndo(f"You have changed nothing of {day} that could be undone.")
    return _write(day, steps[-1], author, facts, is_undone=True)


def redo_last(day: date, *, author: Author, facts: Facts | None = None) -> Change:
    """Make the change of `day` again that the author undid last. Raises as `undo_last` does."""
    steps = steps_of(day, author.subject).to_redo
    if not steps:
        raise NothingToUndo(f"You have undone nothing of {day} that could be done again.")
    return _write(day, steps[-1], author, facts, is_undone=False)


def _take_back(steps: Steps, rev: int, *, is_undone: bool) -> None:
    source, target = (steps.to_undo, steps.to_redo) if is_undone else (steps.to_redo, steps.to_undo)
    if rev in source:
        source.remove(rev)
    target.append(rev)


def _write(day: date, rev: int, author: Author, facts: Facts | None, *, is_undone: bool) -> Change:
    draft = existing(day)
    before, after = (_document(draft, revision) for revision in (rev - 1, rev))
    expected, target = (after, before) if is_undone else (before, after)
    changed = _departures_of(day, rev)
    names = {
        key: differing_fields(expected.departures[key], target.departures[key])
        for key in expected.departures.keys() & target.departures.keys()
        if str(key) in changed
    }
    names = {key: differing for key, differing in names.items() if differing}
    if facts is None and any(differing & CHECKED_FIELDS for differing in names.values()):
        both = [document.departures[key] for key in names for document in (draft.original, target)]
        facts = load_decision_facts([day], both)

    def edit(drafts: Mapping[date, Draft]) -> None:
        document = drafts[day].document
        for key, differing in names.items():
            departure = document.departures.get(key)
            _refuse(day, rev, key, departure, expected.departures[key], target.departures[key], differing)
            if departure is not None:
                take_over(departure, target.departures[key], differing)
        if facts is not None:
            require_approval(document, day, names.keys(), facts)

    changes = write_daily_schedules(
        [day],
        edit,
        author=replace(author, cause=f"revision {rev} {'undone' if is_undone else 'redone'}"),
        facts=facts,
        after_write=ask_to_close_listings,
    )
    return changes[day] if day in changes else unchanged(day)


def _departures_of(day: date, rev: int) -> frozenset[str]:
    """Return the departures that a revision changed."""
    changed = KeyTransform("departures", "changes")
    rows = ScheduleRevision.objects.filter(schedule_id=schedule_id_of(day), rev=rev).values_list(changed, flat=True)
    return frozenset(key for entries in rows for key in entries or ())


def _document(draft: Draft, rev: int) -> ScheduleDocument:
    """Return the document at a revision; before the first one nothing was planned."""
    return read_document_at(draft, rev) if rev else ScheduleDocument()


def _refuse(
    day: date,
    rev: int,
    key: UUID,
    departure: Departure | None,
    expected: Departure,
    target: Departure,
    names: frozenset[str],
) -> None:
    """Raise what stands against giving a departure the target's fields in place of the expected ones."""
    if departure is None:
        raise ChangedSince(f"{expected.trip_name} is not on {day} any more.")
    changed = (differing_fields(departure, expected) & names) - DERIVED_FIELDS
    if changed:
        words = " and ".join(FIELD_WORDS[name] for name in FIELD_WORDS if name in changed)
        who = _authors_since(day, rev, key, changed)
        raise ChangedSince(f"{departure.trip_name}: {who} changed {words} since. Nothing was undone.")
    now = timezone.now()
    if departure.has_started(now) or (target.starts_at <= now and not target.is_cancelled):
        raise DepartureNotEditable(f"{departure.trip_name} has started, or would have: its change stays.")


def _authors_since(day: date, rev: int, key: UUID, names: frozenset[str]) -> str:
    later = ScheduleRevision.objects.filter(schedule_id=schedule_id_of(day), rev__gt=rev)
    rows = of_departure(later, key).order_by("rev").values_list("author", "entry")
    authors = [author for author, entry in rows if names & entry.get("fields", {}).keys()]
    return ", ".join(dict.fromkeys(authors)) or "somebody"
