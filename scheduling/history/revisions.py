"""The history of a daily schedule: the changes since a revision, the document at one, and pages of revisions.

A trigger records the difference of each revision, so that manual SQL is in it too. Only the revisions after a given one
are read, by their unique index: the cost does not depend on the length of the history.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Any
from uuid import UUID

from django.db.models import Case, F, QuerySet, TextField, When, Window
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, JSONObject, RowNumber

from novatrek_scheduling.api.pagination import Keyset
from novatrek_scheduling.errors import Conflicting, Unknown
from scheduling.domain.difference import (
    DOCUMENT,
    ENTRIES,
    PUBLISHED_AT,
    apply_difference,
    join_differences,
    undo_difference,
)
from scheduling.domain.text import change_text
from scheduling.models import DailySchedule, ScheduleRevision
from scheduling.models.daily_schedule import empty_document

MOST_REVISIONS = 500


class TooFarBehind(Conflicting):
    """Too many revisions came since the given one to list their changes: read the daily schedule again."""

    code = "STALE_REVISION"


class UnknownRevision(Unknown):
    """The daily schedule has not had this revision."""

    code = "UNKNOWN_REVISION"


def changes_since(schedule_id: UUID, since_rev: int) -> dict[str, Any]:
    """Return the revisions after `since_rev` as one difference in the history's own form.

    A field has its value at `since_rev` as old and its latest as new; fields that have their old value again are left
    out, and so are entries that came and went. Raises TooFarBehind beyond 500 revisions.
    """
    later = ScheduleRevision.objects.filter(schedule_id=schedule_id, rev__gt=since_rev).order_by("rev")
    differences = list(later.values_list("changes", flat=True)[: MOST_REVISIONS + 1])
    if len(differences) > MOST_REVISIONS:
        raise TooFarBehind(f"More than {MOST_REVISIONS} revisions came after {since_rev}: read it again.")
    return join_differences(differences)


def field_lines(changes: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a difference field by field as text: ("assignments.departures.<id>.capacity", "12 → 9")."""
    for part in ENTRIES:
        for key, change in sorted(changes.get(part, {}).items()):
            yield from _entry_lines(f"assignments.{part}.{key}", change)
    yield from _lines("assignments", changes.get(DOCUMENT, {}))
    if PUBLISHED_AT in changes:
        yield PUBLISHED_AT, change_text(PUBLISHED_AT, changes[PUBLISHED_AT])


def document_at(schedule: DailySchedule, rev: int) -> dict[str, Any]:
    """Return the document (`assignments`) at `rev`, computed by undoing the revisions since; nothing is written.

    Raises UnknownRevision for a revision that `schedule`, as it was read, has not had.
    """
    if not 1 <= rev <= schedule.rev:
        raise UnknownRevision(f"The daily schedule of {schedule.schedule_date} has had no revision {rev}.")
    since = ScheduleRevision.objects.filter(schedule_id=schedule.pk, rev__gt=rev, rev__lte=schedule.rev)
    differences = since.order_by("-rev").values_list("changes", flat=True)
    return reduce(undo_difference, differences.iterator(chunk_size=100), schedule.assignments)


def replay(revisions: Iterable[ScheduleRevision]) -> dict[str, Any]:
    """Return the document that results from these revisions, which begin with the first and have no gap."""
    in_order = sorted(revisions, key=lambda revision: revision.rev)
    return reduce(apply_difference, (revision.changes for revision in in_order), empty_document())


def page_of_revisions(
    schedule_id: UUID, filters: Mapping[str, UUID], *, size: int, token: str | None = None
) -> tuple[list[Any], str | None]:
    """Return revisions, newest first, and the token of the next page. Their changes are text (`changes_text`).

    All revisions, or those that change a departure (`departure_id`), with what they change of it alone, or name a guide
    (`guide_id`: in an entry, a team or a publication). Raises BadPageToken.
    """
    rows: QuerySet[Any] = ScheduleRevision.objects.filter(schedule_id=schedule_id).defer("changes")
    shown: F | JSONObject = F("changes")
    if "departure_id" in filters:
        rows = of_departure(rows, filters["departure_id"])
        shown = JSONObject(departures=JSONObject(**{str(filters["departure_id"]): F("entry")}))
    if "guide_id" in filters:
        rows = rows.annotate(text=Cast("changes", TextField())).filter(text__contains=str(filters["guide_id"]))
    # Not of the row beyond the page, which is read to know that there is one: it may have put thousands on the date.
    position = Window(RowNumber(), order_by=F("rev").desc())
    on_page = When(position__lte=size, then=Cast(shown, TextField()))
    rows = rows.annotate(position=position).annotate(changes_text=Case(on_page, output_field=TextField()))
    return Keyset(["-rev"], bound_to={"schedule_id": schedule_id, **filters}).slice(rows, size=size, token=token)


def of_departure(rows: QuerySet[Any], departure_id: UUID) -> QuerySet[Any]:
    """Return those of the revisions that change a departure, with what they change of it alone (`entry`)."""
    entry = KeyTransform(str(departure_id), KeyTransform("departures", "changes"))
    changing = rows.filter(changes__departures__has_key=str(departure_id)).defer("changes")
    with_entries: QuerySet[Any] = changing.annotate(entry=entry)
    return with_entries


def _entry_lines(path: str, change: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "fields" in change:
        yield from _lines(path, change["fields"])
    else:
        yield path, "added" if "new" in change else "removed"


def _lines(path: str, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, change in sorted(fields.items()):
        yield f"{path}.{name}", change_text(name, change)
