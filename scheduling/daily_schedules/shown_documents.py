"""Daily schedules as they are shown: the text of the document, which PostgreSQL writes or a process has kept."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, JSONField, QuerySet, TextField, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from pydantic import ValidationError

from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.kept_texts import VERSION, KeptText, kept_texts, with_departures_in_place
from scheduling.daily_schedules.stored_texts import MOST_SUSPECTS, suspects_at
from scheduling.domain.document import Departure, differs_beside_departures
from scheduling.models import DailySchedule

MOST_IN_PLACE = 20
_VERSION = RawSQL(VERSION, [], TextField())  # noqa: S611 (of constants alone)

# The document is unpacked once for all of them, not for each.
_NAMED_TEXTS = """(
    SELECT jsonb_object_agg(key, document -> 'departures' ->> key)
    FROM (SELECT assignments #> '{}' AS document OFFSET 0) AS unpacked, unnest(%s::text[]) AS key
)"""


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
        return cls(
            row, row.text.encode(), has_unpublished_changes(row.suspects, lambda: departures_in(json.loads(row.text)))
        )


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
    """Return a daily schedule as a write has stored it, in one query; None where it is at another revision by now."""
    rows = DailySchedule.objects.filter(pk=change.schedule.pk, rev=change.schedule.rev)
    return _edited(rows, change) or first_shown(rows)


def _edited(rows: QuerySet[DailySchedule], change: Change) -> ShownDocument | None:
    """Return the text that was kept of the version before, with the written departures; None where that takes more."""
    base = kept_texts.of(change.schedule.pk, change.replaced)
    is_unpublished = _is_unpublished_after(change, base) if base else None
    if base is None or is_unpublished is None:
        return None
    keys = [*map(str, change.departure_ids)]
    departures = RawSQL(_NAMED_TEXTS, [keys], JSONField())  # noqa: S611 (of constants alone)
    row: Any = rows.defer("assignments").annotate(version=_VERSION, named=departures).first()
    text = with_departures_in_place(base.text, row.named or {}) if row else None
    return _kept(ShownDocument(row, text, is_unpublished), row.version) if text is not None else None


def _is_unpublished_after(change: Change, base: KeptText) -> bool | None:
    """Return whether the document has unpublished changes, None where the kept one before does not tell."""
    before, after = change.before.departures, change.after.departures
    if len(change.departure_ids) > MOST_IN_PLACE or differs_beside_departures(change.before, change.after):
        return None
    if any(key not in before or key not in after for key in change.departure_ids):
        return None
    if any(after[key].has_unpublished_changes for key in change.departure_ids):
        return True
    return None if base.has_unpublished_changes else False


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


def departures_in(assignments: Mapping[str, Any]) -> Iterable[Any]:
    departures: Mapping[str, Any] = assignments.get("departures", {})
    return departures.values()
