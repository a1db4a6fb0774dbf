"""Patching a daily schedule: a writer sets its own fields, and all others keep their values (NTK-10004)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction

from events.models import DeadLetter
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import change_of, read_drafts, unchanged
from scheduling.daily_schedules.hard_rules import find_new_violations
from scheduling.daily_schedules.touched_guides import Foreseen
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.errors import ContentionNotResolved
from scheduling.models.triggers import GUIDE_MANAGEMENT
from scheduling.patches.dead_letters import record_failed_patch
from scheduling.patches.edits import FactsMissing, PatchEdits
from scheduling.patches.ownership import Owner, refuse_foreign_fields
from scheduling.patches.required_facts import load_patch_facts
from scheduling.patches.serializers import read_patch
from scheduling.rules import Facts, Violation
from scheduling.siblings import SiblingUnavailable


def patch_daily_schedule(
    day: date,
    patch: Mapping[str, Any],
    *,
    author: Author,
    owners: frozenset[Owner],
    since_rev: int | None = None,
    may_publish: bool = False,
    facts: Facts | None = None,
) -> Change:
    """Merge `patch` (RFC 7396) into the document of `day`, and store it if no hard rule is newly broken.

    `since_rev` names the revision that the patch was made on; without it the patch is merged into the latest
    revision, tried up to three times under concurrent writes, and then recorded as a dead letter. The status PUBLISHED
    publishes the departure, where `may_publish`. A guide adjustment is a fact: it is stored whatever it breaks, and
    becomes a conflict. `facts` are used instead of asking the siblings.

    Raises StaleRevision where the schedule is at another revision than `since_rev`, ContentionNotResolved after three
    tries, FieldNotOwned for a field of another owner, ValidationError for a malformed field, HardRuleViolated and other
    Impossibles for a plan that is not possible, SiblingUnavailable where a plan cannot be checked.
    """
    edits = _read(day, patch, owners, may_publish=may_publish, facts=facts)
    try:
        return _store(edits, author, since_rev)
    except ContentionNotResolved as contention:
        if since_rev is None:
            record_failed_patch(day, patch, author, owners, contention, may_publish=may_publish)
        raise


@dataclass(frozen=True, slots=True)
class PatchPreview:
    """The effect of a patch on the date at `rev`, found by applying it to a copy.

    `facts` were read for it, None where the siblings are silent and it does not depend on them.
    `violations` are the hard rules that refuse it.
    """

    rev: int
    change: Change
    facts: Facts | None
    violations: tuple[Violation, ...]


def preview_patch(
    day: date, patch: Mapping[str, Any], *, owners: frozenset[Owner], facts: Facts | None = None
) -> PatchPreview:
    """Preview `patch_daily_schedule` as of now; nothing is written.

    Raises what that does, but for HardRuleViolated, which is told in `violations`.
    """
    edits = _read(day, patch, owners, may_publish=False, facts=facts)
    draft = read_drafts([day])[day]
    edits.apply({day: draft})
    change = change_of(draft)
    violations: tuple[Violation, ...] = ()
    if edits.facts is not None:
        # The rules lock the camps whose capacity they count.
        with transaction.atomic():
            violations = tuple(find_new_violations({day: change}, edits.facts))
    return PatchPreview(draft.rev, change, edits.facts or _facts_at_hand(edits), violations)


def _facts_at_hand(edits: PatchEdits) -> Facts | None:
    """Read facts for a patch that does not depend on any, as far as the siblings answer."""
    try:
        return load_patch_facts(edits.day, edits.departures, edits.merge_entries, of_all=True)
    except SiblingUnavailable:
        return None


def prepare_failed_patch(dead_letter: DeadLetter) -> Callable[[], Change]:
    """Prepare the merge of a patch that was recorded as a dead letter, with its sender as the author."""
    payload: dict[str, Any] = dead_letter.payload or {}
    sender = payload["author"]
    edits = _read(
        date.fromisoformat(payload["day"]),
        payload["patch"],
        frozenset(Owner[name] for name in payload["owners"]),
        may_publish=payload["may_publish"],
    )
    author = Author(AuthorKind(sender["kind"]), sender["subject"], "dead letter replayed", sender["process"])
    return partial(_store, edits, author, None)


def _read(
    day: date, patch: Mapping[str, Any], owners: frozenset[Owner], *, may_publish: bool, facts: Facts | None = None
) -> PatchEdits:
    refuse_foreign_fields(patch, owners)
    fields = read_patch(patch, owners)
    entries = patch.get("guide_adjustments", {})
    edits = PatchEdits(day, fields.get("departures", {}), entries, may_publish=may_publish)
    edits.facts = facts
    if facts is None and edits.touch_plans:
        edits.facts = load_patch_facts(day, edits.departures, edits.merge_entries)
    return edits


def _store(edits: PatchEdits, author: Author, since_rev: int | None) -> Change:
    try:
        return _write(edits, author, since_rev)
    except FactsMissing:
        edits.facts = load_patch_facts(edits.day, edits.departures, edits.merge_entries, of_all=True)
        return _write(edits, author, since_rev)


def _write(edits: PatchEdits, author: Author, since_rev: int | None) -> Change:
    day = edits.day
    try:
        changes = write_daily_schedules(
            [day],
            edits.apply,
            author=author,
            facts=edits.facts,
            since_revs={} if since_rev is None else {day: since_rev},
            principal=GUIDE_MANAGEMENT if edits.entries else "",
            after_write=edits.record_messages,
            # Whose entries change may be on any of them.
            departures=None if edits.entries else edits.departures.keys(),
            foreseen=None if edits.touch_plans else Foreseen(),
        )
    except ContentionNotResolved as contention:
        raise ContentionNotResolved(contention.message, edits.guide_names()) from contention
    return changes[day] if day in changes else unchanged(day)
