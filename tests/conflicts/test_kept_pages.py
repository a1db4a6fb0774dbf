"""A page of conflicts that was read before is read again where a row of it, how it ended or the count is another."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from conflicts.choices import AcceptanceEnding
from conflicts.models import ListedConflict, ScheduleConflict
from conflicts.selectors import page_of_conflicts
from novatrek_scheduling.api.pagination import Page
from tests.conflicts.factories import accepted_conflict, conflict_of
from tests.factories import TOMORROW

PAGE = 2


def page(token: str | None = None, **filters: Any) -> Page[ListedConflict]:
    return page_of_conflicts({"date": TOMORROW, **filters}, size=PAGE, token=token)


def describe(conflict: ScheduleConflict, words: str) -> None:
    ScheduleConflict.objects.filter(pk=conflict.pk).update(details=conflict.details | {"description": words})


@pytest.mark.django_db
def test_a_page_is_read_once_while_its_rows_and_their_number_stay_the_same() -> None:
    first, *_ = [conflict_of() for _ in range(PAGE + 1)]
    accepted_conflict()
    read = page(), page(page().next_page_token), page(resolved=True)

    again = page(), page(read[0].next_page_token), page(resolved=True)

    assert [shown.rows for shown in again] == [shown.rows for shown in read]
    assert again[0] is read[0]
    assert again[2] is read[2]
    describe(first, "Far too many guests.")
    assert page() is not read[0]
    assert page(resolved=True) is read[2]


def _is_described_anew(first: ScheduleConflict) -> None:
    describe(first, "Far too many guests.")


def _is_resolved(first: ScheduleConflict) -> None:
    ScheduleConflict.objects.filter(pk=first.pk).update(resolved=True)


def _is_gone(first: ScheduleConflict) -> None:
    first.delete()


def _has_followers(_first: ScheduleConflict) -> None:
    conflict_of()


@pytest.mark.django_db
@pytest.mark.parametrize("change", [_is_described_anew, _is_resolved, _is_gone, _has_followers])
def test_whatever_becomes_of_a_row_or_of_those_after_the_page_is_shown(
    change: Callable[[ScheduleConflict], None],
) -> None:
    first, *_ = [conflict_of() for _ in range(PAGE + 2)]
    before = page()

    change(first)

    after, stored = page(), ScheduleConflict.objects.open().order_by("detected_at", "pk")
    assert (after.rows, after.total_count) != (before.rows, before.total_count)
    assert [UUID(row.conflict_id) for row in after.rows] == [conflict.pk for conflict in stored[:PAGE]]
    assert after.total_count == stored.count()


@pytest.mark.django_db
def test_what_was_read_of_a_change_that_is_rolled_back_is_not_shown_again() -> None:
    conflict = conflict_of()
    before = page()
    with transaction.atomic():
        describe(conflict, "Far too many guests.")
        within = page()
        transaction.set_rollback(True)

    assert "Far too many" in within.rows[0].details
    assert page().rows == before.rows

    with transaction.atomic():
        describe(conflict, "Only too many guests.")
    assert "Only too many" in page().rows[0].details


@pytest.mark.django_db
def test_the_end_of_an_acceptance_is_shown_though_its_conflict_is_the_same() -> None:
    ended, _ = accepted_conflict(), accepted_conflict()
    shown = page(resolved=True)
    assert [row.accepted_risk and row.accepted_risk.ended_at for row in shown.rows] == [None, None]
    now = timezone.now()

    ended.acceptances.all().end(AcceptanceEnding.WITHDRAWN, at=now, by="ben")

    risks = [row.accepted_risk for row in page(resolved=True).rows]
    assert [risk and (risk.ended_at, risk.ending) for risk in risks] == [(now, AcceptanceEnding.WITHDRAWN), (None, "")]


@pytest.mark.django_db
def test_an_empty_page_is_one_until_there_is_a_conflict() -> None:
    conflict_of().delete()
    assert (page().rows, page().total_count, page().next_page_token) == ([], 0, None)

    conflict_of()

    assert (len(page().rows), page().total_count) == (1, 1)
