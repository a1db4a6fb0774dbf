"""The console's pages of conflicts."""

from conflicts.admin.conflicts import ScheduleConflictAdmin
from conflicts.admin.records import ConflictResolutionAdmin, RiskAcceptanceAdmin

__all__ = ["ConflictResolutionAdmin", "RiskAcceptanceAdmin", "ScheduleConflictAdmin"]
