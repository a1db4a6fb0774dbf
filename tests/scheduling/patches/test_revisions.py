"""Concurrent patches of one daily schedule: the later one is refused with the changes since, or merged into them."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from events.dead_letters import DeadLetterSettled, ReplayFailed, replay
from events.models import DeadLetter, OutboxMessage
from scheduling.models import DailySchedule
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.scheduling.patches.calls import change, enter, named
from tests.scheduling.writes import put, stored


@pytest.fixture
def key(db: None) -> UUID:
    """A departure for twelve, at revision 2."""
    key = uuid4()
    put({key: DepartureFactory(capacity=12)})
    return key


def test_a_patch_on_the_current_revision_is_taken(client: Client, key: UUID) -> None:
    assert change(client, key, {"capacity": 10}, rev=2).json()["_rev"] == 3
    assert change(client, key, {"capacity": 9}, If_Match='"3"').json()["_rev"] == 4
    assert change(client, key, {"capacity": 11}, If_Match='"1", "4"').json()["_rev"] == 5
    assert change(client, key, {"capacity": 12}, rev=5, If_Match="*").json()["_rev"] == 6


def test_a_stale_rev_tells_what_changed_since(client: Client, key: UUID) -> None:
    change(client, key, {"capacity": 10}, subject="ben")
    change(client, key, {"capacity": 9}, subject="ben")

    response = change(client, key, {"capacity": 11}, rev=2)

    body = response.json()
    assert (response.status_code, body["code"], body["_rev"]) == (409, "STALE_REVISION", 4)
    assert body["changes"] == {"departures": {str(key): {"fields": {"capacity": {"old": 12, "new": 9}}}}}
    assert body["details"] == [
        {"field": "_rev", "reason": "is 4 now"},
        {"field": f"assignments.departures.{key}.capacity", "reason": "12 → 9"},
    ]
    assert stored()[key].capacity == 9


def test_any_revision_will_do_where_any_is_named(client: Client, key: UUID) -> None:
    change(client, key, {"capacity": 10}, subject="ben")

    assert change(client, key, {"location_id": None}, If_Match="*").status_code == 200


@pytest.mark.parametrize("tag", ['"2"', '"77"', 'W/"3"', '"abc"', '"2", "1"'])
def test_a_stale_if_match_fails_the_precondition(client: Client, key: UUID, tag: str) -> None:
    change(client, key, {"capacity": 10})

    response = change(client, key, {"capacity": 11}, If_Match=tag)

    assert (response.status_code, response.json()["code"], response.json()["_rev"]) == (412, "PRECONDITION_FAILED", 3)
    assert named(response)[0] == "If-Match"


def test_if_match_of_a_date_without_a_row_never_matches(client: Client, db: None) -> None:
    assert enter(client, uuid4(), {"guide_notes": "knee"}, If_Match="*").status_code == 412
    assert not DailySchedule.objects.exists()


def test_an_if_match_that_is_no_tag_is_malformed(client: Client, key: UUID) -> None:
    response = change(client, key, {"capacity": 11}, If_Match="2")

    assert (response.status_code, named(response)) == (400, ["If-Match"])


def test_a_rev_and_an_if_match_must_both_hold(client: Client, key: UUID) -> None:
    change(client, key, {"capacity": 10})

    assert change(client, key, {"capacity": 11}, rev=2, If_Match='"3"').status_code == 409
    assert change(client, key, {"capacity": 11}, rev=3, If_Match='"2"').status_code == 412


def test_a_patch_without_a_revision_is_merged_into_what_others_wrote(client: Client, key: UUID) -> None:
    other = uuid4()
    put({other: DepartureFactory()})

    response = change(client, key, {"capacity": 10})

    assert response.status_code == 200
    assert (stored()[key].capacity, stored()[other].capacity) == (10, 12)


@pytest.mark.django_db(transaction=True)
def test_many_patches_at_once_without_a_revision_all_arrive(client: Client) -> None:
    keys = [uuid4() for _ in range(8)]
    put({key: DepartureFactory(capacity=12) for key in keys})
    together = threading.Barrier(len(keys))

    def work(key: UUID) -> int:
        together.wait(timeout=30)
        try:
            return change(Client(), key, {"capacity": 30}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(keys)) as pool:
        statuses = list(pool.map(work, keys))

    assert statuses == [200] * len(keys)
    assert {stored()[key].capacity for key in keys} == {30}
    assert DailySchedule.objects.get().rev == 2 + len(keys)


def while_held(work: Callable[[], Any]) -> Any:
    """Return what `work` returns while another connection holds the daily schedule."""

    def elsewhere() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        DailySchedule.objects.select_for_update().get()
        return pool.submit(elsewhere).result(timeout=60)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduling.daily_schedules.writer.LOCK_TIMEOUT_MS", 20)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_impatient")
def test_a_patch_that_loses_every_try_is_kept_and_operations_hears_of_it() -> None:
    key = uuid4()
    put({key: DepartureFactory(capacity=12, team=[TeamMemberFactory(guide_name="Mara Voss")])})

    response = while_held(lambda: change(Client(), key, {"capacity": 10}))

    assert (response.status_code, response.json()["code"]) == (409, "RETRIES_EXHAUSTED")
    lost = DeadLetter.objects.get()
    assert (lost.source, lost.key) == ("daily-schedule-patch", str(TOMORROW))
    assert lost.payload["patch"] == {"departures": {str(key): {"capacity": 10}}}
    notice = OutboxMessage.objects.get(destination="svc-notifications").payload["body"]
    assert notice["variables"]["guides"] == "Mara Voss"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_impatient")
def test_a_lost_patch_is_replayed_once_under_its_senders_name() -> None:
    key = uuid4()
    put({key: DepartureFactory(capacity=12)})
    while_held(lambda: change(Client(), key, {"capacity": 10}, subject="ben"))
    lost = DeadLetter.objects.get()

    replay(lost, by="ana")

    assert stored()[key].capacity == 10
    with pytest.raises(DeadLetterSettled):
        replay(lost, by="ana")
    assert DailySchedule.objects.get().rev == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_impatient")
def test_a_lost_patch_that_is_lost_again_stays_one_dead_letter() -> None:
    key = uuid4()
    put({key: DepartureFactory(capacity=12)})
    while_held(lambda: change(Client(), key, {"capacity": 10}))
    lost = DeadLetter.objects.get()

    def again() -> None:
        with pytest.raises(ReplayFailed):
            replay(lost, by="ana")

    while_held(again)

    assert DeadLetter.objects.open().get() == lost


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_impatient")
def test_a_patch_that_names_its_revision_is_its_senders_to_repeat() -> None:
    key = uuid4()
    put({key: DepartureFactory(capacity=12)})

    response = while_held(lambda: change(Client(), key, {"capacity": 10}, rev=2))

    assert (response.status_code, response.json()["code"]) == (409, "RETRIES_EXHAUSTED")
    assert not DeadLetter.objects.exists()
