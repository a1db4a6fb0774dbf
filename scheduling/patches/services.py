"""Patching a daily schedule: a writer sets its own fields, and all others keep their values (NTK-10004)."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from events.models import DeadLetter
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.writer import unchanged, write_daily_schedules
from scheduling.errors import ContentionNotResolved
from scheduling.models.triggers import GUIDE_MANAGEMENT
from scheduling.patches.dead_letters import record_lost_patch
from scheduling.patches.edits import NotJudged, PatchEdits
from scheduling.patches.ownership import Owner, refuse_foreign_fields
from scheduling.patches.serializers import read_patch
from scheduling.rules import Facts


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

    `since_rev` names the revision it was made on: another one now is StaleRevision. Without it the patch is
    merged into whatever is there, tried again up to three times where others write, and then kept as a dead
    letter: ContentionNotResolved. The status PUBLISHED publishes the departure, where `may_publish`. What
    guides entered is a fact: it lands whatever it breaks, and becomes a conflict. `facts` are used instead of
    asking the siblings.

    Raises NotYours for a field of another's, ValidationError for one that is malformed, HardRuleViolated and
    other Impossibles for what cannot be, SiblingUnavailable where a plan cannot be judged.
    """
    edits = _read(day, patch, owners, may_publish=may_publish, facts=facts)
    try:
        return _store(edits, author, since_rev)
    except ContentionNotResolved as contention:
        if since_rev is None:
            record_lost_patch(day, patch, author, owners, contention, may_publish=may_publish)
        raise


def prepare_lost_patch(dead_letter: DeadLetter) -> Callable[[], Change]:
    """Prepare the merge of a patch that was kept as a dead letter, in the name of its sender."""
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
    entered = patch.get("guide_adjustments", {})
    edits = PatchEdits(day, fields.get("departures", {}), entered, may_publish=may_publish)
    edits.facts = facts or edits.look_up_facts()
    return edits


def _store(edits: PatchEdits, author: Author, since_rev: int | None) -> Change:
    try:
        return _write(edits, author, since_rev)
    except NotJudged:
        edits.facts = edits.look_up_facts(of_all=True)
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
            principal=GUIDE_MANAGEMENT if edits.entered else "",
            after_write=edits.record_messages,
        )
    except ContentionNotResolved as contention:
        raise ContentionNotResolved(contention.message, edits.guide_names()) from contention
    return changes[day] if day in changes else unchanged(day)
