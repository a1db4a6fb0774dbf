"""The scheduler of periodic tasks, of which any number may be started and one works."""

from typing import Any

import psycopg
import structlog
from django_celery_beat.schedulers import DatabaseScheduler

from novatrek_scheduling.operations.startup import check_process, one_clear_line
from novatrek_scheduling.pgpool.session import open_session

LOCK = int.from_bytes(b"beat")
TRY_AGAIN_SECONDS = 5.0

logger = structlog.get_logger(__name__)


class LockedScheduler(DatabaseScheduler):  # type: ignore[misc]
    """Sends what is due only while it holds a lock of the database.

    The lock belongs to a connection of its own, and so to this process: it is free as soon as the process, or its
    connection, is gone. Then another beat that waits for it goes on.
    """

    _session: psycopg.Connection[Any] | None = None

    def setup_schedule(self) -> None:
        with one_clear_line():
            check_process("beat")
        super().setup_schedule()

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Send what is due; the seconds until the next tick."""
        if not (self._still_holds_lock() or self._takes_lock()):
            return TRY_AGAIN_SECONDS
        return super().tick(*args, **kwargs)

    def close(self) -> None:
        super().close()
        self._release()

    def _still_holds_lock(self) -> bool:
        if self._session is None:
            return False
        try:
            self._session.execute("SELECT 1")
        except psycopg.Error as error:
            logger.warning("beat_lost_its_lock", error=str(error))
            self._release()
            return False
        return True

    def _takes_lock(self) -> bool:
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
        # What was read while waiting knows nothing of what another beat has sent since: read it anew.
        self._initial_read = True
        self._heap = None
        return True

    def _release(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None
