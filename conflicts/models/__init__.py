"""The tables of this app, and conflicts as lists show them."""

from conflicts.models.acceptances import AcceptanceQuerySet, RiskAcceptance
from conflicts.models.conflicts import SEVERITY_RANK, ConflictQuerySet, ScheduleConflict
from conflicts.models.events import ConflictEvent
from conflicts.models.listed import AcceptedRisk, ListedConflict
from conflicts.models.monitor_passes import MonitorPass
from conflicts.models.resolutions import ConflictResolution

__all__ = [
    "SEVERITY_RANK",
    "AcceptanceQuerySet",
    "AcceptedRisk",
    "ConflictEvent",
    "ConflictQuerySet",
    "ConflictResolution",
    "ListedConflict",
    "MonitorPass",
    "RiskAcceptance",
    "ScheduleConflict",
]
