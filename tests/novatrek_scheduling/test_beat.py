from collections.abc import Callable, Iterator

import pytest

from novatrek_scheduling.beat import LOCK_RETRY_SECONDS, LockedScheduler
from novatrek_scheduling.celery import app

pytestmark = pytest.mark.django_db(transaction=True)
Start = Callable[[], LockedScheduler]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start schedulers without tasks, so that a tick sends nothing."""
    started: list[LockedScheduler] = []

    def start() -> LockedScheduler:
        started.append(LockedScheduler(app, lazy=True))
        return started[-1]

    yield start
    for scheduler in started:
        scheduler.close()


def works(scheduler: LockedScheduler) -> bool:
    scheduler.tick()
    return scheduler._session is not None


def test_one_of_two_beats_works(start: Start) -> None:
    first, second = start(), start()

    assert (works(first), works(second), works(first)) == (True, False, True)
    assert second.tick() == LOCK_RETRY_SECONDS


def test_the_other_goes_on_when_the_first_has_ended(start: Start) -> None:
    first, second = start(), start()
    assert (works(first), works(second)) == (True, False)

    first.close()

    assert works(second)


def test_a_beat_that_lost_its_connection_asks_for_the_lock_again(start: Start) -> None:
    first, second = start(), start()
    assert works(first)
    assert first._session is not None
    first._session.close()

    assert works(second)
    assert not works(first)
