"""What a planning process does. Nothing of Django is imported before it is set up."""

import pickle
import traceback
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimization.days.reading import RunReading


class HandedOn:
    """A reading on its way to a planning process.

    One that is spawned unpacks it once Django is set up, which its classes need; a forked one has it already.
    """

    def __init__(self, reading: "RunReading") -> None:
        self._reading: RunReading | bytes = reading

    def __getstate__(self) -> bytes:
        return pickle.dumps(self._reading)

    def __setstate__(self, packed: bytes) -> None:
        self._reading = packed

    def unpacked(self) -> "RunReading":
        """Return the reading."""
        if isinstance(self._reading, bytes):
            reading: RunReading = pickle.loads(self._reading)  # noqa: S301 (packed by the parent process)
            return reading
        return self._reading


def plan_for_parent(connection: Connection, others: Iterable[Connection], database: str, handed_on: HandedOn) -> None:
    """Set up Django on the database of that name, and plan what the parent process sends until it closes its end.

    `others` are ends of the parent's that a fork has inherited: as long as they are open here, they are open.
    """
    for inherited in others:
        inherited.close()
    import django  # noqa: PLC0415 (a spawned process imports this module before anything is configured)

    django.setup()
    from django.db import connection as session  # noqa: PLC0415 (the settings come first)

    session.settings_dict["NAME"] = database
    plan_on_request(connection, handed_on.unpacked())


def plan_on_request(connection: Connection, reading: "RunReading") -> None:
    """Receive dates of clusters, and send the outcome of each, until the other end is closed."""
    from optimization.batch.planner import Crash, plan_date_of  # noqa: PLC0415 (Django is set up)

    with suppress(EOFError, OSError):
        while True:
            day, cluster, terms = connection.recv()
            try:
                outcome = plan_date_of(day, cluster, terms, reading)
            except Exception:
                connection.send(Crash(traceback.format_exc()))
            else:
                connection.send(outcome)
