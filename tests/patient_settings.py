"""The settings of a command that a test runs in a process of its own: deadlines long enough for any machine."""

from novatrek_scheduling.settings import *  # noqa: F403

SNAPSHOT_DEADLINE_SECONDS = {"worker": 30.0, "interactive": 30.0, "names": 30.0}
