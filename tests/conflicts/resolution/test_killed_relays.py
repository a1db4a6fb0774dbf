"""A resolution whose relays are killed before, and in the middle of, its deliveries: nothing is lost, or done twice."""

import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection, connections

from conflicts.choices import EventKind, ResolutionStatus, Strategy
from conflicts.models import ConflictEvent, ConflictResolution, ScheduleConflict
from conflicts.options import Option
from conflicts.resolution.deliveries import settle_resolutions
from conflicts.resolution.outcomes import ResolutionOutcome
from conflicts.resolution.services import resolve_conflict
from events.models import OutboxMessage
from events.relay import Relay
from scheduling.publication.services import publish_departures
from tests.conflicts.planned import PlannedDay, options_of, plan_a_day, under_a_storm
from tests.conflicts.resolution.doorkeeper import Doorkeeper, Way
from tests.events.helpers import wait_until
from tests.factories import DISPATCHER
from tests.scheduling.reservations.arrivals import book
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 20.0
PROCESSES = multiprocessing.get_context("fork")

Resolvable = Callable[[PlannedDay], tuple[ScheduleConflict, Option]]


def run_relay(alarm: Connection, sibling_urls: dict[str, str]) -> None:
    for shared in connections.all():
        # The parent's sockets: closing them here would end its sessions.
        shared.connection = None
    settings.SIBLING_URLS = sibling_urls
    alarm.recv()
    Relay().run()


class KillableRelay:
    """A relay in a process of its own, made now and at work while it is `awake`, which ends with its death."""

    def __init__(self, sibling_urls: dict[str, str]) -> None:
        self._alarm, alarm = PROCESSES.Pipe()
        self._process = PROCESSES.Process(target=run_relay, args=(alarm, sibling_urls))
        self._process.start()

    @contextmanager
    def awake(self) -> Iterator[None]:
        self._alarm.send("work")
        yield
        assert self._process.is_alive()
        self.kill()

    def kill(self) -> None:
        """SIGKILL: it can do nothing about it."""
        self._process.kill()
        self._process.join(20)
        assert self._process.exitcode == -signal.SIGKILL


@pytest.fixture
def door(siblings: SimulatedSiblings) -> Doorkeeper:
    return Doorkeeper(siblings)


@pytest.fixture
def relays(door: Doorkeeper) -> Iterator[list[KillableRelay]]:
    """Three relays that wait to be woken; they are made before the door is at work, when nothing else is."""
    made = [KillableRelay(door.urls) for _ in range(3)]
    with door.at_work():
        yield made
    for relay in made:
        relay.kill()


def moved_with_guests(planned: PlannedDay) -> tuple[ScheduleConflict, Option]:
    """A published departure with two reservations under a storm, and the option that moves it to another date."""
    key = staffed_on_a_trail(planned)
    planned.only_of_its_trip(key)
    publish_departures(planned.day, author=DISPATCHER, by_machine=False, departure_ids=[key])
    for _ in range(2):
        book(planned.departure(key).trip_id, uuid4(), day=planned.day)
    return under_a_storm(planned, key)


def on_a_closed_trail(planned: PlannedDay) -> tuple[ScheduleConflict, Option]:
    """A departure on a trail that the rangers closed, and the option that has all know of it."""
    key = staffed_on_a_trail(planned)
    trail_id = planned.departure(key).trail_id
    planned.siblings.close_trail(str(trail_id), planned.day, planned.day)
    planned.look_again()
    conflict = ScheduleConflict.objects.open().get(details__departure_ids=[str(key)])
    return conflict, options_of(conflict, Strategy.CLOSE_TRAIL)[0]


def staffed_on_a_trail(planned: PlannedDay) -> UUID:
    return planned.staffed(lambda departure: departure.trail_id is not None)[0]


def wait_for_calls(calls: Counter[tuple[str, str]], services: set[str], is_possible: Callable[[], bool]) -> None:
    """Wait until all these services were called. Fails as soon as nobody is left who would call them."""

    def missing() -> list[str]:
        return sorted(services - {service for service, _ in calls})

    wait_until(lambda: not missing() or not is_possible(), f"a call of {services}", seconds=PATIENCE_SECONDS)
    assert not missing(), f"{missing()} heard nothing, and nothing is left to be sent to them"


def is_something_unsent() -> bool:
    return OutboxMessage.objects.unsent().exists()


def resolve(conflict: ScheduleConflict, option: Option) -> ResolutionOutcome:
    try:
        return resolve_conflict(conflict.pk, option.id, by="ana")
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("resolvable", "services"),
    [
        (moved_with_guests, {"svc-trip-catalog", "svc-notifications"}),
        (on_a_closed_trail, {"svc-trail-management", "svc-notifications"}),
    ],
    ids=["rescheduled", "trail closed"],
)
def test_what_killed_relays_leave_undone_others_do_once(
    resolvable: Resolvable,
    services: set[str],
    siblings: SimulatedSiblings,
    door: Doorkeeper,
    relays: list[KillableRelay],
) -> None:
    first, second, third = relays
    conflict, option = resolvable(plan_a_day(siblings))
    OutboxMessage.objects.unsent().delete()  # what came of planning and publishing is not this test's

    # The first is killed between the commit and its deliveries, while the operator still waits for them.
    door.way = Way.TO_THE_DOOR
    with first.awake(), ThreadPoolExecutor(1) as operator:
        resolving = operator.submit(resolve, conflict, option)
        wait_for_calls(door.arrived, services, lambda: not resolving.done() or is_something_unsent())
    outcome = resolving.result()

    stored = ConflictResolution.objects.get(conflict=conflict)
    assert outcome.resolution_status == stored.status == ResolutionStatus.PARTIALLY_RESOLVED
    assert not any(update["success"] for update in outcome.downstream_updates)
    assert {update["service"] for update in outcome.downstream_updates} == services
    assert not door.done

    # The second is killed in the middle: the siblings have acted, and it has not heard so.
    door.way = Way.THERE
    with second.awake():
        wait_for_calls(door.done, services, is_something_unsent)

    assert settle_resolutions() == 0
    stored.refresh_from_db()
    assert not any(update["success"] for update in stored.downstream)

    door.way = Way.AND_BACK
    with third.awake():
        wait_until(lambda: not is_something_unsent(), "the last delivery", seconds=PATIENCE_SECONDS)

    assert settle_resolutions() == 1
    assert settle_resolutions() == 0
    stored.refresh_from_db()
    messages = OutboxMessage.objects.filter(message_id__in=stored.messages)
    keys = {(message.destination, str(message.message_id)) for message in messages}
    assert len(keys) == len(stored.messages)
    assert {call: door.done[call] for call in keys} == dict.fromkeys(keys, 1)
    assert max(door.arrived.values()) > 1
    assert stored.status == ResolutionStatus.RESOLVED
    assert [update["success"] for update in stored.downstream] == [True] * len(keys)
    assert ConflictEvent.objects.filter(conflict=conflict, kind=EventKind.COMPLETED).count() == 1
    assert ConflictResolution.objects.count() == 1
