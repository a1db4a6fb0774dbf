"""The relay: delivers what the outbox holds, in order per key, outside any transaction."""

import select
import socket
import threading
import time
from collections import ChainMap
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import structlog
from django.db import InterfaceError, OperationalError, connection, connections

from events.delivery_results import settle
from events.dispatch import CONCURRENT_DELIVERIES, Job, Lanes, claim_keys, names_with_due, release_keys
from events.models import WAKE_CHANNEL
from events.outbox import Destination, Failures, destinations

logger = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
LONGEST_DATABASE_PAUSE_SECONDS = 5.0
FINISH_SECONDS = 30.0


class Relay:
    """One of any number of relays. `run` works until `stop`; `drain` until nothing is due."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(CONCURRENT_DELIVERIES, thread_name_prefix="delivery")
        self._in_hand: dict[Future[Failures], Job] = {}
        self._stopping = threading.Event()
        self._bell, self._rope = socket.socketpair()
        self._bell.setblocking(False)
        self._listening_on: object = None
        self.delivered = 0

    def run(self) -> None:
        """Deliver until `stop` is called, then finish what is in hand. Outlives the database's absence."""
        pause = 0.1
        while not self._stopping.is_set():
            try:
                self._listen()
                self._settle_finished()
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
        """Deliver everything that is due now, and answer how many messages were delivered."""
        try:
            while self._start_due() or self._in_hand:
                self._wait(POLL_SECONDS)
                self._settle_finished()
        finally:
            self._threads.shutdown()
        return self.delivered

    def stop(self) -> None:
        """Take nothing new in hand. Safe in a signal handler and from another thread."""
        self._stopping.set()
        self._ring()

    def _start_due(self) -> bool:
        known = {destination.name: destination for destination in destinations()}
        started = [self._start_due_of(known[name]) for name in names_with_due(known)]
        return any(started)

    def _start_due_of(self, destination: Destination) -> bool:
        lanes = Lanes(destination, self._in_hand.values())
        claimable = lanes.wanted_keys()
        claimed = claim_keys(destination.name, claimable) if claimable else set()
        if not claimed:
            return False
        # Chosen before they were claimed: another relay may have sent them in between, so look again.
        jobs = Lanes(destination, self._in_hand.values()).jobs(claimed)
        for job in jobs:
            future = self._threads.submit(_deliver, job)
            self._in_hand[future] = job
            future.add_done_callback(self._ring)
        release_keys(destination.name, claimed.difference(*(job.keys for job in jobs)))
        return bool(jobs)

    def _settle_finished(self) -> None:
        finished: dict[Destination, list[Future[Failures]]] = {}
        for future, job in self._in_hand.items():
            if future.done():
                finished.setdefault(job.destination, []).append(future)
        for destination, futures in finished.items():
            jobs = [self._in_hand[future] for future in futures]
            messages = [message for job in jobs for message in job.messages]
            failures = dict(ChainMap(*(dict(future.result()) for future in futures)))
            self.delivered += settle(destination, messages, failures)
            release_keys(destination.name, {message.key for message in messages})
            for future in futures:
                del self._in_hand[future]

    def _listen(self) -> None:
        connection.ensure_connection()
        if self._listening_on is not connection.connection:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {WAKE_CHANNEL}")
            self._listening_on = connection.connection

    def _forget_session(self) -> None:
        # The claims died with the session: what is in hand may be sent by another relay too, which "at
        # least once" allows. It is settled here all the same.
        self._listening_on = None
        with suppress(OperationalError, InterfaceError):
            connection.close()

    def _wait(self, seconds: float) -> None:
        """Sleep until a delivery ends, a message is recorded, or `seconds` are over."""
        if self._heard_news():
            return
        sleeper = select.poll()
        sleeper.register(self._bell, select.POLLIN)
        if self._listening_on is not None:
            sleeper.register(connection.connection.fileno(), select.POLLIN)
        sleeper.poll(seconds * 1000)
        with suppress(BlockingIOError):
            self._bell.recv(4096)

    def _heard_news(self) -> bool:
        if self._listening_on is None:
            return False
        with connection.wrap_database_errors:
            return bool(list(connection.connection.notifies(timeout=0)))

    def _ring(self, _finished: object = None) -> None:
        with suppress(OSError):
            self._rope.send(b"!")

    def _finish(self) -> None:
        deadline = time.monotonic() + FINISH_SECONDS
        self._listening_on = None
        while self._in_hand and time.monotonic() < deadline:
            try:
                self._settle_finished()
            except (OperationalError, InterfaceError):
                self._forget_session()
            if self._in_hand:
                self._wait(0.2)
        self._threads.shutdown(wait=False, cancel_futures=True)
        connection.close()


def _deliver(job: Job) -> Failures:
    try:
        return job.destination.deliver(job.messages)
    except Exception as error:
        logger.exception("delivery_broke", destination=job.destination.name)
        return {message.pk: error for message in job.messages}
    finally:
        # What a delivery opened in this thread would stay open for as long as the thread waits.
        connections.close_all()
