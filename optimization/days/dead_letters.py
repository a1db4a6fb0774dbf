"""Dead letters of dates that could not be optimized, for contention or a refused plan: a person decides."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from events.dead_letters import record_dead_letter
from events.models import DeadLetter
from novatrek_scheduling.company_time import earliest_today
from novatrek_scheduling.errors import Impossible
from optimization.days.queue import enqueue_cluster
from optimization.days.refusal import PlanRefused
from scheduling.daily_schedules.authors import Author
from scheduling.errors import ContentionNotResolved, DateInThePast

DEAD_LETTER_SOURCE = "day-optimizations"


class UnreadableDeadLetter(Impossible):
    """The dead letter does not name the date and regions to optimize."""

    code = "DEAD_LETTER_UNREADABLE"


def record_failed_optimization(
    day: date, region_ids: Collection[UUID], author: Author, error: ContentionNotResolved | PlanRefused
) -> DeadLetter:
    """Record an optimization that was not stored, with the names of its guides: operations is alerted of them."""
    return record_dead_letter(
        source=DEAD_LETTER_SOURCE,
        reason=error.message,
        key=day.isoformat(),
        payload={
            "schedule_date": day.isoformat(),
            "region_ids": sorted(map(str, region_ids)),
            "kind": author.kind.value,
            "cause": author.cause,
            "guide_names": sorted(error.guide_names),
        },
    )


def replay_optimization(dead_letter: DeadLetter) -> None:
    """Queue the optimization again. Raises UnreadableDeadLetter, DateInThePast and QueueUnavailable."""
    payload = _payload_of(dead_letter)
    day = date.fromisoformat(payload["schedule_date"])
    if day < earliest_today():
        raise DateInThePast(f"{day} is over: there is nothing left to plan.")
    # At once, not on commit: without a queue the dead letter stays open, and a surplus run does no harm.
    enqueue_cluster(day, payload["region_ids"], payload["kind"], payload["cause"])


def _payload_of(dead_letter: DeadLetter) -> dict[str, Any]:
    payload = dead_letter.payload
    if not isinstance(payload, dict) or not {"schedule_date", "region_ids", "kind", "cause"} <= payload.keys():
        raise UnreadableDeadLetter("It does not say which date and regions to optimize; discard it.")
    return payload
