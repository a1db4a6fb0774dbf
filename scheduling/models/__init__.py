"""The tables of this app: the two documented ones that other teams read, and internal ones."""

from scheduling.models.calendar_tokens import CalendarToken
from scheduling.models.daily_schedule import (
    DailySchedule,
    DepartureDate,
    GuideCommitment,
    ScheduleRevision,
    schedule_id_of,
)
from scheduling.models.guide_entries import GuideEntry
from scheduling.models.hazards import Hazard, HazardKind
from scheduling.models.leased_work import CLAIMED, MAX_ATTEMPTS, Claim, ClaimLost, LeasedWork, LeasedWorkQuerySet
from scheduling.models.reservations import DepartureAlias, Reservation, ReservationStatus
from scheduling.models.schedule_request import (
    Priority,
    RequestJob,
    RequestOutcome,
    RequestStatus,
    ScheduleRequest,
)
from scheduling.models.sibling_answers import LastGoodAnswer

__all__ = [
    "CLAIMED",
    "MAX_ATTEMPTS",
    "CalendarToken",
    "Claim",
    "ClaimLost",
    "DailySchedule",
    "DepartureAlias",
    "DepartureDate",
    "GuideCommitment",
    "GuideEntry",
    "Hazard",
    "HazardKind",
    "LastGoodAnswer",
    "LeasedWork",
    "LeasedWorkQuerySet",
    "Priority",
    "RequestJob",
    "RequestOutcome",
    "RequestStatus",
    "Reservation",
    "ReservationStatus",
    "ScheduleRequest",
    "ScheduleRevision",
    "schedule_id_of",
]
