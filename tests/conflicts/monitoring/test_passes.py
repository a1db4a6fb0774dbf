import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from conflicts.models import MonitorPass
from conflicts.monitoring.passes import KEPT_FOR, PassLost, begin_pass, complete_pass, hold_pass, last_complete_pass

AN_HOUR = timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_begin_at_once_one_makes_the_pass() -> None:
    together = threading.Barrier(2)

    def begin(_: int) -> bool:
        together.wait(timeout=30)
        begun = begin_pass(timezone.now())
        connection.close()
        return begun is not None

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(begin, range(2))) == [False, True]
    assert MonitorPass.objects.count() == 1


@pytest.mark.django_db
def test_a_worker_that_outlived_its_lease_stores_nothing_more() -> None:
    slow = begin_pass(timezone.now() - AN_HOUR)
    assert slow

    with pytest.raises(PassLost):
        hold_pass(slow.pk)


@pytest.mark.django_db
def test_a_worker_whose_pass_was_taken_over_neither_goes_on_nor_completes_it() -> None:
    slow = begin_pass(timezone.now() - AN_HOUR)
    assert slow
    assert begin_pass(timezone.now())

    with pytest.raises(PassLost):
        hold_pass(slow.pk)
    with pytest.raises(PassLost):
        complete_pass(slow.pk)


@pytest.mark.django_db
def test_holding_a_pass_keeps_others_from_taking_over() -> None:
    now = timezone.now()
    current = begin_pass(now - timedelta(seconds=100))
    assert current
    hold_pass(current.pk)

    assert begin_pass(now + timedelta(seconds=50)) is None


@pytest.mark.django_db
def test_a_pass_that_did_not_read_everything_is_not_the_last_complete_one() -> None:
    for not_read in ([], ["svc-weather did not answer."]):
        current = begin_pass(timezone.now())
        assert current
        complete_pass(current.pk, not_read=not_read)

    last = last_complete_pass()

    assert last
    assert last.not_read == []


@pytest.mark.django_db
def test_old_passes_are_deleted_but_for_the_last_complete_one() -> None:
    long_ago = timezone.now() - KEPT_FOR - AN_HOUR
    old = [
        MonitorPass.objects.create(
            status=MonitorPass.Status.COMPLETED, started_at=long_ago, completed_at=long_ago + n * AN_HOUR / 9,
            lease_until=long_ago, not_read=["the regions"] if n == 2 else [],
        )
        for n in range(3)
    ]  # fmt: skip
    current = begin_pass(timezone.now())
    assert current

    complete_pass(current.pk, not_read=["the regions"])

    assert set(MonitorPass.objects.values_list("pk", flat=True)) == {old[1].pk, current.pk}
