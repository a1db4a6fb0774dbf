"""The relay, which delivers the messages of the outbox in order per key, outside any transaction."""

import select
import socket
import threading
import time
from collections import ChainMap
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import structlog
from django.db import InterfaceError, OperationalError, connection, connections

from events.delivery_results import record_outcomes
from events.dispatch import CONCURRENT_DELIVERIES, Delivery, DeliverySlots, claim_keys, names_with_due, release_keys
from events.models import WAKE_CHANNEL
from events.outbox import Destination, Failures, destinations

logger = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
LONGEST_DATABASE_PAUSE_SECONDS = 5.0
FINISH_SECONDS = 30.0


class Relay:
    """A relay, of which any number may run. `run` returns after `stop`, `drain` once nothing is due."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(CONCURRENT_DELIVERIES, thread_name_prefix="delivery")
        self._in_progress: dict[Future[Failures], Delivery] = {}
        self._stopping = threading.Event()
        self._wake_receiver, self._wake_sender = socket.socketpair()
        self._wake_receiver.setblocking(False)
        self._listening_on: object = None
        self.delivered = 0

    def run(self) -> None:
        """Deliver until `stop` is called, then finish the deliveries in progress. Survives outages of the database."""
        pause = 0.1
        while not self._stopping.is_set():
            try:
                self._listen()
                self._record_finished()
                self._start_due()
                self._wait(POLL_SECONDS)
                pause = 0.1
            except (OperationalError, InterfaceError) as error:
                logger.warning("outbox_unreachable", reason=str(error))
                self._forget_session()
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_DATABASE_PAUSE_SECONDS)
        self._finish()

    def drain(self) -> int:
        """Deliver all messages due now and return the number of those delivered."""
        try:
            while self._start_due() or self._in_progress:
                self._wait(POLL_SECONDS)
                self._record_finished()
        finally:
            self._threads.shutdown()
        return self.delivered

    def stop(self) -> None:
        """Start no further deliveries. Safe in a signal handler and from another thread."""
        self._stopping.set()
        self._wake_up()

    def _start_due(self) -> bool:
        by_name = {destination.name: destination for destination in destinations()}
        started = [self._start_due_of(by_name[name]) for name in names_with_due(by_name)]
        return any(started)

    def _start_due_of(self, destination: Destination) -> bool:
        keys = DeliverySlots(destination, self._in_progress.values()).claimable_keys()
        claimed = claim_keys(destination.name, keys) if keys else set()
        if not claimed:
            return False
        # Race: between choice and claim another relay may have sent the messages, so read them again.
        deliveries = DeliverySlots(destination, self._in_progress.values()).deliveries(claimed)
        for delivery in deliveries:
            future = self._threads.submit(_deliver, delivery)
            self._in_progress[future] = delivery
            future.add_done_callback(self._wake_up)
        release_keys(destination.name, claimed.difference(*(delivery.keys for delivery in deliveries)))
        return bool(deliveries)

    def _record_finished(self) -> None:
        finished: dict[Destination, list[Future[Failures]]] = {}
        for future, delivery in self._in_progress.items():
            if future.done():
                finished.setdefault(delivery.destination, []).append(future)
        for destination, futures in finished.items():
            messages = [message for future in futures for message in self._in_progress[future].messages]
            failures = dict(ChainMap(*(dict(future.result()) for future in futures)))
            self.delivered += record_outcomes(destination, messages, failures)
            release_keys(destination.name, {message.key for message in messages})
            for future in futures:
                del self._in_progress[future]

    def _listen(self) -> None:
        connection.ensure_connection()
        if self._listening_on is not connection.connection:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {WAKE_CHANNEL}")
            self._listening_on = connection.connection

    def _forget_session(self) -> None:
        # The claims end with the session: another relay may send the messages in progress too, which
        # "at least once" allows. Their outcomes are recorded here nevertheless.
        self._listening_on = None
        with suppress(OperationalError, InterfaceError):
            connection.close()

    def _wait(self, seconds: float) -> None:
        """Sleep until a delivery ends, a message is recorded, or `seconds` have passed."""
        if self._has_notification():
            return
        poller = select.poll()
        poller.register(self._wake_receiver, select.POLLIN)
        if self._listening_on is not None:
            poller.register(connection.connection.fileno(), select.POLLIN)
        poller.poll(seconds * 1000)
        with suppress(BlockingIOError):
            self._wake_receiver.recv(4096)

    def _has_notification(self) -> bool:
        if self._listening_on is None:
            return False
        with connection.wrap_database_errors:
            return bool(list(connection.connection.notifies(timeout=0)))

    def _wake_up(self, _finished: object = None) -> None:
        with suppress(OSError):
            self._wake_sender.send(b"!")

    def _finish(self) -> None:
        deadline = time.monotonic() + FINISH_SECONDS
        self._listening_on = None
        while self._in_progress and time.monotonic() < deadline:
            try:
                self._record_finished()
            except (OperationalError, InterfaceError):
                self._forget_session()
            if self._in_progress:
                self._wait(0.2)
        self._threads.shutdown(wait=False, cancel_futures=True)
        connection.close()


def _deliver(delivery: Delivery) -> Failures:
    try:
        return delivery.destination.deliver(delivery.messages)
    except Exception as error:
        logger.exception("delivery_broke", destination=delivery.destination.name)
        return {message.pk: error for message in delivery.messages}
    finally:
        # Connections of this thread would otherwise stay open while the thread is idle.
        connections.close_all()
