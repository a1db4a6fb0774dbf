"""Admin pages for tables of third-party packages, in the theme of the console."""

from novatrek_scheduling.console.periodic_tasks import CrontabPages, IntervalPages, PeriodicTaskPages
from novatrek_scheduling.console.users import GroupPages, UserPages

__all__ = ["CrontabPages", "GroupPages", "IntervalPages", "PeriodicTaskPages", "UserPages"]
