"""Initialization of a planning process. Nothing of Django is imported before it is set up."""

import pickle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimization.days.reading import RunReading

_readings: "list[RunReading]" = []


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


def initialize_process(database: str, handed_on: HandedOn) -> None:
    """Set up Django on the database of that name, the parent process's, and take over what was read there."""
    import django  # noqa: PLC0415 (a spawned process imports this module before anything is configured)

    django.setup()
    from django.db import connection  # noqa: PLC0415 (the settings come first)

    connection.settings_dict["NAME"] = database
    take_over(handed_on.unpacked())


def take_over(reading: "RunReading") -> None:
    """Let what this process plans be planned on this reading."""
    _readings[:] = [reading]


def reading_taken_over() -> "RunReading":
    """Return the reading of this process."""
    return _readings[0]
