"""Conflicts that an earlier release stored with why a guide is away lose it, with all that repeated it."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.db import connection
from django.utils import timezone

from conflicts.choices import EventKind, ResolutionStatus, Strategy
from conflicts.models import ConflictEvent, ConflictResolution, ScheduleConflict
from tests.conflicts.factories import conflict_of

pytestmark = pytest.mark.django_db

migration = import_module("conflicts.migrations.0008_conflicts_without_health_data")
MARKER = "zqmarker at 09:00: (again). And more; of it"
AWAY = f"Ana Ruiz is away during Rim walk at 09:00: {MARKER}."
RESTRICTED = f"Ana Ruiz on Rim walk: the long one at 09:00: restricted to 1500 m, {MARKER}."


def clean() -> None:
    with connection.schema_editor() as editor:
        migration.clean(apps, editor)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (AWAY, "Ana Ruiz is away during Rim walk at 09:00."),
        ("Ben on Rim walk at 09:00: restricted from guiding.", "Ben cannot go on Rim walk at 09:00 (restricted)."),
        (RESTRICTED, "Ana Ruiz on Rim walk: the long one at 09:00: restricted"),
        (f"Rim walk could go if Ana's absence ended (away: {MARKER}).", "Rim walk could go if Ana's absence ended."),
        (f"Ana: away: {MARKER}; Ben: away: {MARKER}", "Ana: away"),
        ("Rim Trail is closed: rockfall.", "Rim Trail is closed: rockfall."),
        ("Ana Ruiz is away during Rim walk at 09:00.", "Ana Ruiz is away during Rim walk at 09:00."),
    ],
)
def test_a_text_loses_why_and_nothing_else(text: str, expected: str) -> None:
    assert migration.without_health(text) == expected
    assert migration.without_health(expected) == expected


def stored(cause: str, description: str, facts: dict[str, Any], *, is_resolved: bool) -> ScheduleConflict:
    caused = {"type": "GUIDE_DOUBLE_BOOKED", "severity": "HIGH", "description": description}
    impact = f"It causes: {description}"
    option = {"description": "Ben leads.", "impact_assessment": impact, "figures": {"causes": [caused]}}
    conflict = conflict_of(
        cause=cause,
        description=description,
        evidence={"told": facts, "read_at": {}, "digest": "of all"},
        resolution_options=[option],
        what_would_help=[f"It could go if Ana's absence ended (away: {MARKER})."],
    )
    ScheduleConflict.objects.filter(pk=conflict.pk).update(resolved=is_resolved)
    happened = {"conflict": conflict, "fingerprint": conflict.details["fingerprint"]}
    facts = {"severity": "HIGH", "description": description}
    ConflictEvent.objects.create(kind=EventKind.DETECTED, facts=facts, **happened)
    failed = {"strategy": "SPLIT_GROUP", "reason": f"Ana: away: {MARKER}"}
    ConflictEvent.objects.create(kind=EventKind.FAILED, facts=failed, **happened)
    ConflictResolution.objects.create(
        conflict=conflict,
        strategy=Strategy.SPLIT_GROUP,
        status=ResolutionStatus.FAILED,
        resolved_by="ana",
        notes=f"Ana: away: {MARKER}",
        resolved_at=timezone.now(),
    )
    return conflict


@pytest.mark.parametrize("is_resolved", [False, True], ids=["open", "resolved"])
def test_rows_and_their_histories_are_cleaned_and_keep_what_happened(is_resolved: bool) -> None:
    windows = [{"from": "2027-05-01", "to": "2027-05-02", "reason": MARKER, "more": MARKER}]
    absence = stored("AVAILABILITY_EXCEPTION", AWAY, {"windows": windows}, is_resolved=is_resolved)
    entry = {"kind": "MAX_ALTITUDE_M", "value": 1500, "why": MARKER}
    stored("RESTRICTION", RESTRICTED, {"restrictions": [entry]}, is_resolved=is_resolved)
    untouched = conflict_of(description="Rim walk takes 10, 16 are booked.")

    clean()
    clean()

    for model in (ScheduleConflict, ConflictEvent, ConflictResolution):
        assert "zqmarker" not in serializers.serialize("json", model._default_manager.all())
    absence.refresh_from_db()
    kept = absence.details["evidence"]["told"]
    assert (absence.resolved, kept) == (is_resolved, {"windows": [{"from": "2027-05-01", "to": "2027-05-02"}]})
    assert [option["description"] for option in absence.details["resolution_options"]] == ["Ben leads."]
    assert untouched.details == ScheduleConflict.objects.get(pk=untouched.pk).details
    assert ConflictEvent.objects.filter(conflict=absence).count() == 2


def test_what_people_noted_stays_as_they_wrote_it() -> None:
    conflict = conflict_of()
    event = ConflictEvent.objects.create(
        conflict=conflict, fingerprint="f", kind=EventKind.RESOLVED, facts={"notes": "restricted to families"}
    )

    clean()

    event.refresh_from_db()
    assert event.facts == {"notes": "restricted to families"}
