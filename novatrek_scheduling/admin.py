"""Pages of other packages' tables, in the console's theme."""

from novatrek_scheduling.console.people import GroupPages, UserPages
from novatrek_scheduling.console.periodic_tasks import CrontabPages, IntervalPages, PeriodicTaskPages

__all__ = ["CrontabPages", "GroupPages", "IntervalPages", "PeriodicTaskPages", "UserPages"]
