"""Conflicts as lists show them."""

from datetime import datetime
from typing import NamedTuple


class AcceptedRisk(NamedTuple):
    """What a list says of the acceptance by which a conflict was resolved."""

    owner: str
    reason: str
    accepted_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ending: str


class ListedConflict(NamedTuple):
    """A conflict as a list shows it: of its details the JSON that is stored, and how it ended where it did."""

    conflict_id: str
    conflict_type: str
    details: str
    resolved: bool
    detected_at: datetime
    resolved_at: datetime | None
    accepted_risk: AcceptedRisk | None
