"""Daily schedules as they are shown: the text of the document, which PostgreSQL writes or a process has kept."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, QuerySet, TextField, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from pydantic import ValidationError

from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.kept_texts import KeptText, kept_texts, with_departures_in_place
from scheduling.daily_schedules.stored_texts import MOST_SUSPECTS, suspects_at
from scheduling.domain.document import Departure, differs_beside_departures
from scheduling.models import DailySchedule
from scheduling.models.stored_edits import VERSION

_VERSION = RawSQL(VERSION, [], TextField())  # noqa: S611 (of constants alone)


class ShownDocument(NamedTuple):
    """A daily schedule as it is shown: its row without the document, and the document's text in UTF-8.

    `has_unpublished_changes` says it of the whole document.
    """

    schedule: DailySchedule
    text: bytes
    has_unpublished_changes: bool

    @classmethod
    def of(cls, row: Any) -> "ShownDocument":
        """Return a row that was read `with_texts`."""
        text = row.text.encode()
        return cls(row, text, has_unpublished_changes(row.suspects, partial(_departures_in_text, text)))


def first_shown(rows: QuerySet[DailySchedule]) -> ShownDocument | None:
    """Return the first row, in one query; None without one. A text that this process has is not written again."""
    known = kept_texts.all_by_version()
    is_unknown = RawSQL(f"NOT {VERSION} = ANY(%s)", [list(known)], BooleanField())  # noqa: S611 (of constants alone)
    row: Any = (
        rows.defer("assignments")
        .annotate(
            version=_VERSION,
            text=Case(When(is_unknown, then=Cast("assignments", TextField()))),
            suspects=Case(When(is_unknown, then=suspects_at("$.departures.*", {}))),
        )
        .first()
    )
    if row is None:
        return None
    if row.text is None:
        kept = known[row.version]
        return ShownDocument(row, kept.text, kept.has_unpublished_changes)
    return _kept(ShownDocument.of(row), row.version)


def shown_after(change: Change) -> ShownDocument | None:
    """Return a daily schedule as a write has stored it; None where that has to be read, and is written over by now.

    Where the text of the version before was kept it is not read, and mostly there is no query.
    """
    rows = DailySchedule.objects.filter(pk=change.schedule.pk, rev=change.schedule.rev)
    return _edited(rows, change) or first_shown(rows)


def _edited(rows: QuerySet[DailySchedule], change: Change) -> ShownDocument | None:
    """Return the text that was kept of the version before, with the written departures; None where that takes more."""
    stored, base = change.schedule.stored_edits, kept_texts.of(change.schedule.pk, change.replaced)
    if stored is None or base is None or stored.texts.keys() != {*map(str, change.departure_ids)}:
        return None
    before, after = change.before.departures, change.after.departures
    are_in_place = all(key in before and key in after for key in change.departure_ids)
    if not are_in_place or differs_beside_departures(change.before, change.after):
        return None
    text = with_departures_in_place(base.text, stored.texts)
    if text is None:
        return None
    is_unpublished = any(after[key].has_unpublished_changes for key in change.departure_ids)
    if base.has_unpublished_changes and not is_unpublished:
        # Another departure may be the one that is unpublished, or it was this one alone.
        row: Any = rows.only("pk").annotate(suspects=suspects_at("$.departures.*", {})).first()
        if row is None:
            return None
        is_unpublished = has_unpublished_changes(row.suspects, partial(_departures_in_text, text))
    return _kept(ShownDocument(change.schedule, text, is_unpublished), stored.version)


def _kept(shown: ShownDocument, version: str) -> ShownDocument:
    kept_texts.keep(shown.schedule.pk, KeptText(version, shown.text, shown.has_unpublished_changes))
    return shown


def has_unpublished_changes(suspects: Collection[Any], all_departures: Callable[[], Iterable[Any]]) -> bool:
    """Apply the departures' own rule to those that may be unpublished; to all where these are more than were given."""
    if any(map(is_unpublished, suspects)):
        return True
    return len(suspects) >= MOST_SUSPECTS and any(map(is_unpublished, all_departures()))


def is_unpublished(stored: Any) -> bool:
    try:
        return Departure.model_validate(stored).has_unpublished_changes
    except ValidationError:
        # It cannot be read: nobody can publish it.
        return False


def _departures_in_text(text: bytes) -> Iterable[Any]:
    return departures_in(json.loads(text))


def departures_in(assignments: Mapping[str, Any]) -> Iterable[Any]:
    departures: Mapping[str, Any] = assignments.get("departures", {})
    return departures.values()
