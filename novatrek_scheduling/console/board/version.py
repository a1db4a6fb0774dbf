"""What the board of a date depends on, in short: open pages ask whether it is still the same."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from novatrek_scheduling.console.states import Matters
from scheduling.daily_schedules.presence import OptimizerPresence

STALE_AFTER = timedelta(minutes=5)
"""How often a board is drawn anew although nothing was written: departures begin, and siblings' facts age."""


def version_of(
    revisions: Sequence[int], matters: Matters, optimizers: Sequence[OptimizerPresence], now: datetime
) -> str:
    """Return a text that differs once a plan, a conflict, an accepted risk or an optimizer at work does.

    `revisions` are those of the date and of the dates from which departures are still out.
    """
    parts = [
        revisions,
        [(conflict.id, conflict.severity, conflict.description) for conflict in matters.conflicts],
        [(risk.description, risk.owner, risk.expires_at) for risk in matters.risks],
        [(presence.by, presence.since) for presence in optimizers],
        int(now.timestamp() // STALE_AFTER.total_seconds()),
    ]
    return sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]
