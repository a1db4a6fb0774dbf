"""Initialization of a planning process. Nothing of Django is imported before it is set up."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimization.days.reading import RunReading

_readings: "list[RunReading]" = []


def initialize_process(database: str, reading: "RunReading") -> None:
    """Set up Django on the database of that name, the parent process's, and take over what was read there."""
    import django  # noqa: PLC0415 (a spawned process imports this module before anything is configured)

    django.setup()
    from django.db import connection  # noqa: PLC0415 (the settings come first)

    connection.settings_dict["NAME"] = database
    take_over(reading)


def take_over(reading: "RunReading") -> None:
    """Let what this process plans be planned on this reading."""
    _readings[:] = [reading]


def reading_taken_over() -> "RunReading":
    """Return the reading of this process."""
    return _readings[0]
