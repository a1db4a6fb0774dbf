"""Risks of departures that people answer for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AcceptedRisk:
    """What is wrong with some departures, and who has accepted that, why, and until when (aware)."""

    departure_ids: frozenset[UUID]
    description: str
    owner: str
    reason: str
    expires_at: datetime

    @property
    def text(self) -> str:
        """In one line: "Rim Trail is closed, accepted by Ana until 2026-06-01 12:00 UTC: the guests know"."""
        until = f"{self.expires_at:%Y-%m-%d %H:%M} {self.expires_at.tzname()}"
        return f"{self.description.rstrip('.')}, accepted by {self.owner} until {until}: {self.reason}"
