"""Which stored conflicts a detection has to write again: those that changed, and those whose evidence has become old.

A pass of the monitors finds thousands of conflicts again as they were. Where only the time of reading is another, the
row is written at most once in `RENEWED_EVERY`; that everything was confirmed since says the last complete pass.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Func, JSONField, Value
from django.db.models.fields.json import KeyTextTransform

from conflicts.models import ScheduleConflict

RENEWED_EVERY = timedelta(hours=1)
OPTIONAL_DETAILS = (
    "region_id",
    "affected_trip_ids",
    "affected_guide_ids",
    "affected_trail_ids",
    "guests",
    "plan",
)
"""The details that are absent without a value."""

# Written by the search for options; it is large, and no part of what was detected.
_WITHOUT_OPTIONS = Func(
    F("details"),
    Value("resolution_options"),
    template="(%(expressions)s)",
    arg_joiner=" - ",
    output_field=JSONField(),
)


def unchanged_rows(detected: Mapping[str, Mapping[str, Any]], *, now: datetime) -> dict[str, UUID]:
    """Return by fingerprint the open rows that say what was detected already; `detected` are details as stored."""
    rows = ScheduleConflict.objects.open().alias(print=KeyTextTransform("fingerprint", "details"))
    stored = rows.filter(print__in=list(detected)).values_list("pk", _WITHOUT_OPTIONS)
    return {
        details["fingerprint"]: key
        for key, details in stored
        if _says_the_same(details, detected[details["fingerprint"]], now)
    }


def _says_the_same(stored: Mapping[str, Any], detected: Mapping[str, Any], now: datetime) -> bool:
    names = detected.keys() - {"resolution_options", "evidence"}
    if any(stored.get(name) != detected[name] for name in names) or _lost(stored, detected):
        return False
    before, after = stored["evidence"], detected["evidence"]
    if before["digest"] != after["digest"] or before["read_at"].keys() != after["read_at"].keys():
        return False
    return before["read_at"] == after["read_at"] or not _is_old(before["read_at"].values(), now)


def _lost(stored: Mapping[str, Any], detected: Mapping[str, Any]) -> bool:
    return any(name in stored and name not in detected for name in OPTIONAL_DETAILS)


def _is_old(moments: Collection[str], now: datetime) -> bool:
    return any(datetime.fromisoformat(moment) < now - RENEWED_EVERY for moment in moments)
