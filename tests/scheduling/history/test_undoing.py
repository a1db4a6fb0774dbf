"""Undoing one's own last change of a date and doing it again, times included, and what stands against it."""

from typing import Any

import pytest

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import DepartureStatus
from scheduling.errors import HardRuleViolated
from scheduling.history.undoing import ChangedSince, NothingToUndo, redo_last, steps_of, undo_last
from scheduling.models import ScheduleRevision
from scheduling.patches.ownership import Owner
from scheduling.patches.services import patch_daily_schedule
from scheduling.publication.services import publish_departures
from tests.factories import TOMORROW, at
from tests.scheduling.history.restores import ANA, BEN, FIRST, SECOND, departure, facts
from tests.scheduling.writes import enter, put, stored

pytestmark = pytest.mark.django_db

DANA, EVA = (Author(AuthorKind.DISPATCHER, name) for name in ("dana", "eva"))


def edit(author: Author, key: Any = FIRST, **fields: Any) -> None:
    patch = {"departures": {str(key): fields}}
    patch_daily_schedule(TOMORROW, patch, author=author, owners=frozenset({Owner.ORCHESTRATOR}), facts=facts())


def undo(author: Author = DANA) -> None:
    undo_last(TOMORROW, author=author, facts=facts())


def redo(author: Author = DANA) -> None:
    redo_last(TOMORROW, author=author, facts=facts())


def hours() -> list[int]:
    return [stored()[FIRST].starts_at.hour, stored()[FIRST].ends_at.hour]


@pytest.fixture(autouse=True)
def planned() -> None:
    put({FIRST: departure(ANA), SECOND: departure(BEN)})


def test_a_reschedule_is_undone_and_done_again() -> None:
    edit(DANA, starts_at=at(14).isoformat(), ends_at=at(17).isoformat())

    undo()
    assert hours() == [9, 12]

    redo()
    assert hours() == [14, 17]


def test_a_cancellation_is_undone_and_done_again() -> None:
    edit(DANA, status="CANCELLED")

    undo()
    assert stored()[FIRST].status is DepartureStatus.DRAFT

    redo()
    assert stored()[FIRST].is_cancelled


def test_changes_are_undone_one_by_one_the_last_first() -> None:
    edit(DANA, capacity=20)
    edit(DANA, capacity=30)

    undo()
    assert stored()[FIRST].capacity == 20

    undo()
    assert stored()[FIRST].capacity == 12
    with pytest.raises(NothingToUndo):
        undo()


def test_after_a_new_change_nothing_is_done_again() -> None:
    edit(DANA, capacity=20)
    undo()
    edit(DANA, capacity=30)

    with pytest.raises(NothingToUndo):
        redo()


def test_only_the_fields_that_it_changed_are_undone() -> None:
    edit(DANA, capacity=20)
    edit(EVA, starts_at=at(14).isoformat(), ends_at=at(17).isoformat())
    edit(EVA, SECOND, capacity=40)

    undo()

    assert (stored()[FIRST].capacity, hours(), stored()[SECOND].capacity) == (12, [14, 17], 40)


def test_what_others_changed_since_is_not_undone_and_they_are_named() -> None:
    edit(DANA, capacity=20)
    edit(EVA, capacity=25)

    with pytest.raises(ChangedSince, match="Sunrise hike: eva changed the places since"):
        undo()

    assert stored()[FIRST].capacity == 25


def test_nobody_undoes_what_another_changed() -> None:
    edit(DANA, capacity=20)

    with pytest.raises(NothingToUndo):
        undo(EVA)


def test_a_publication_is_nothing_to_undo_and_in_nobodys_way() -> None:
    edit(DANA, capacity=20)
    publish_departures(TOMORROW, author=DANA, by_machine=False, override_warnings=True, facts=facts())

    undo()

    assert (stored()[FIRST].capacity, stored()[FIRST].status) == (12, DepartureStatus.PUBLISHED)


def test_the_hard_rules_hold_for_what_is_undone() -> None:
    edit(DANA, team=[])
    enter(ANA.id, restrictions=[{"kind": "NO_GUIDING"}])

    with pytest.raises(HardRuleViolated):
        undo()


def test_each_is_a_revision_of_the_person_that_says_what_it_takes_back() -> None:
    edit(DANA, capacity=20)
    undo()

    latest = ScheduleRevision.objects.order_by("-rev")[0]

    assert (latest.author, latest.cause) == ("dana", "revision 3 undone")
    assert (steps_of(TOMORROW, "dana").to_undo, steps_of(TOMORROW, "dana").to_redo) == ([], [3])
