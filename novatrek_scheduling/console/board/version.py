"""What the board of a date depends on, in short: open pages ask whether it is still the same."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from novatrek_scheduling.console.open_conflicts import Matters
from novatrek_scheduling.console.visitors import Visitor

STALE_AFTER = timedelta(minutes=5)
"""How often a board is drawn anew although nothing was written: departures begin, and siblings' facts age."""


def version_of(
    revisions: Sequence[int], matters: Matters, editors: Mapping[UUID, Sequence[Visitor]], now: datetime
) -> str:
    """Return a text that differs once a plan, a conflict, an accepted risk or who edits a departure does.

    `revisions` are those of the date and of the dates from which departures are still out.
    """
    parts = [
        revisions,
        [(conflict.id, conflict.severity, conflict.description) for conflict in matters.conflicts],
        [(risk.description, risk.owner, risk.expires_at) for risk in matters.risks],
        sorted((key, visitor.name, visitor.since) for key, present in editors.items() for visitor in present),
        int(now.timestamp() // STALE_AFTER.total_seconds()),
    ]
    return sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]
