"""Every combination of the list's filters: which conflicts, in which pages, by which index."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, product
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.client import Client

from conflicts.detection import ConflictType, Severity
from conflicts.models import ScheduleConflict
from conflicts.selectors import page_of_conflicts
from tests.conflicts.factories import conflict_of, have_conflicts_of_other_dates, put
from tests.factories import TOMORROW
from tests.tokens import bearer

URL = "/scheduling/v1/schedule-conflicts"
DATES, REGIONS = (TOMORROW, TOMORROW + timedelta(days=1)), (uuid4(), uuid4())
SEVERITIES, TYPES = (Severity.LOW, Severity.HIGH), (ConflictType.TRAIL_CLOSED, ConflictType.WEATHER_ALERT)
FILTERS: dict[str, Any] = {"region_id": REGIONS[0], "severity": "HIGH", "type": "TRAIL_CLOSED", "resolved": True}
COMBINATIONS = [names for count in range(len(FILTERS) + 1) for names in combinations(FILTERS, count)]
EACH_TWICE = 2
PAGE = 3


def two_of_everything() -> list[ScheduleConflict]:
    """Two conflicts, detected at one moment, for every date, region, severity, type and state."""
    for day in DATES:
        put(uuid4(), day)
    moment = datetime(2027, 5, 1, 6, 30, 0, 123456, UTC)
    made = []
    for day, region, severity, kind, resolved, _ in product(
        DATES, REGIONS, SEVERITIES, TYPES, (False, True), range(EACH_TWICE)
    ):
        conflict = conflict_of(day, severity=severity, region_id=str(region))
        ScheduleConflict.objects.filter(pk=conflict.pk).update(
            conflict_type=kind, resolved=resolved, detected_at=moment + timedelta(microseconds=len(made) // 5)
        )
        conflict.refresh_from_db()
        made.append(conflict)
    return made


def is_chosen(conflict: ScheduleConflict, day: date, **filters: Any) -> bool:
    is_as_asked = {
        "region_id": lambda region: conflict.details["region_id"] == str(region),
        "severity": lambda severity: conflict.details["severity"] == severity,
        "type": lambda kind: conflict.conflict_type == kind,
        "resolved": lambda resolved: conflict.resolved is resolved,
    }
    asked = {"resolved": False} | filters
    return conflict.day == day and all(is_as_asked[name](value) for name, value in asked.items())


def pages(client: Client, **query: Any) -> Iterator[dict[str, Any]]:
    """The pages of the list, from the first to the last."""
    asked = {name: str(value).lower() if value is True else value for name, value in query.items()}
    while True:
        answer = client.get(URL, {**asked, "page_size": PAGE}, headers=bearer(("scheduling:read",)))
        assert answer.status_code == 200, answer.content
        page = answer.json()
        yield page
        if "next_page_token" not in page:
            return
        asked["page_token"] = page["next_page_token"]


@pytest.mark.django_db
def test_each_combination_of_filters_lists_each_of_its_conflicts_once_and_counts_them(client: Client) -> None:
    made = two_of_everything()

    for names in COMBINATIONS:
        filters = {name: FILTERS[name] for name in names}
        expected = sorted(
            (conflict for conflict in made if is_chosen(conflict, TOMORROW, **filters)),
            key=lambda conflict: (conflict.detected_at, conflict.pk),
        )

        listed = list(pages(client, date=TOMORROW.isoformat(), **filters))

        assert [UUID(row["id"]) for page in listed for row in page["conflicts"]] == [
            conflict.pk for conflict in expected
        ]
        assert {page["total_count"] for page in listed} == {len(expected)}
        assert {len(page["conflicts"]) for page in listed[:-1]} <= {PAGE}


@pytest.mark.django_db
def test_a_page_of_which_all_were_resolved_meanwhile_is_empty_and_still_counts_the_others(client: Client) -> None:
    two_of_everything()
    first = next(pages(client, date=TOMORROW.isoformat()))
    shown = [row["id"] for row in first["conflicts"]]
    ScheduleConflict.objects.exclude(pk__in=shown).update(resolved=True)

    query = {"date": TOMORROW.isoformat(), "page_size": PAGE, "page_token": first["next_page_token"]}
    page = client.get(URL, query, headers=bearer(("scheduling:read",))).json()

    assert page == {"conflicts": [], "total_count": PAGE}


@pytest.mark.django_db
@pytest.mark.parametrize("names", COMBINATIONS, ids="+".join)
def test_an_index_serves_each_combination_of_filters_and_its_count(names: tuple[str, ...]) -> None:
    for is_resolved in (False, True, False, True):
        conflict = conflict_of(severity=Severity.HIGH, region_id=str(REGIONS[0]))
        chosen = {"conflict_type": ConflictType.TRAIL_CLOSED, "resolved": is_resolved}
        ScheduleConflict.objects.filter(pk=conflict.pk).update(**chosen)
    filters = {"date": TOMORROW} | {name: FILTERS[name] for name in names}
    have_conflicts_of_other_dates()

    token = page_of_conflicts(filters, size=1).next_page_token
    assert token
    statements: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, *others: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, *others)

    with connection.execute_wrapper(keep):
        page_of_conflicts(filters, size=1, token=token)

    with connection.cursor() as cursor:
        # What the planner thinks of the other tables depends on what was in them when they were analyzed last.
        cursor.execute("SET LOCAL enable_seqscan = off")
        sql, params = statements[0]
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert plan.count(" on schedule_conflicts ") == 2, plan
    assert len(re.findall(r"idx_conflict_(?:by_\w+|open_of_date)", plan)) == 2, plan
    assert "Seq Scan" not in plan
