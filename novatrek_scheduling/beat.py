"""The scheduler of periodic tasks; any number may be started, of which one is active."""

from typing import Any

import psycopg
import structlog
from django_celery_beat.schedulers import DatabaseScheduler

from novatrek_scheduling.operations.startup import check_process, exit_on_misconfiguration
from novatrek_scheduling.pgpool.session import open_session

LOCK = int.from_bytes(b"beat")
LOCK_RETRY_SECONDS = 5.0

logger = structlog.get_logger(__name__)


class LockedScheduler(DatabaseScheduler):  # type: ignore[misc]
    """A scheduler that sends due tasks only while it holds an advisory lock of the database.

    The lock belongs to a separate connection and thereby to this process: it is released as soon as the process
    or the connection ends. Then another instance that is waiting for it takes over.
    """

    _session: psycopg.Connection[Any] | None = None

    def setup_schedule(self) -> None:
        """Load the schedule, or exit with one line on stderr if the process cannot work."""
        with exit_on_misconfiguration():
            check_process("beat")
        super().setup_schedule()

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Send due tasks if this instance is active, and return the seconds until the next tick."""
        if not (self._holds_lock() or self._acquires_lock()):
            return LOCK_RETRY_SECONDS
        return super().tick(*args, **kwargs)

    def close(self) -> None:
        super().close()
        self._release()

    def _holds_lock(self) -> bool:
        if self._session is None:
            return False
        try:
            self._session.execute("SELECT 1")
        except psycopg.Error as error:
            logger.warning("beat_lost_its_lock", error=str(error))
            self._release()
            return False
        return True

    def _acquires_lock(self) -> bool:
        try:
            self._session = open_session()
            row = self._session.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        except psycopg.Error as error:
            logger.warning("beat_without_database", error=str(error))
            row = None
        if row != (True,):
            self._release()
            return False
        logger.info("beat_holds_the_lock")
        # The schedule read while waiting lacks the runs that another instance recorded since: read it again.
        self._initial_read = True
        self._heap = None
        return True

    def _release(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None
