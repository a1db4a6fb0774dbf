"""`python -m benchmarks.worked_requests ID …`: a worker's part in schedule requests, in this process, one by one.

Prints the milliseconds of each part of each request as JSON. It is the child of `benchmarks.latency`, whose environment
it runs in.
"""

import json
import sys
import time
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from uuid import UUID

import django

from benchmarks.boundaries import PartTimes, watch

PARTS = {
    "claim": ("optimization.requests.processing:_begin",),
    "snapshot": (
        "optimization.requests.snapshot:take_query_snapshot",
        "scheduling.snapshot.guides:with_availability_on",
        "scheduling.snapshot.guide_details:with_certificates",
        "scheduling.snapshot.guide_details:with_availability_notes",
        "scheduling.snapshot.lookups:with_trips",
    ),
    "documents": (
        "scheduling.daily_schedules.decision_facts:gather_facts",
        "scheduling.daily_schedules.catalog_following:follow_in_drafts",
        "scheduling.daily_schedules.catalog_following:follow_catalog",
        "scheduling.daily_schedules.catalog_aliases:find_aliases_by_day",
        "scheduling.daily_schedules.catalog_sync:departures_on_other_dates",
        "scheduling.daily_schedules.catalog_sync:merge_catalog",
        "scheduling.daily_schedules.surroundings:departures_elsewhere",
        "optimization.requests.inputs:_drafts",
        "optimization.requests.inputs:_contexts",
        "optimization.requests.date_options:options_of",
    ),
    "model": (
        "optimization.requests.ranking:guides_to_certify",
        "optimization.requests.ranking:assess_options",
        "optimization.requests.ranking:formulate_request",
    ),
    "solve": ("optimization.solver.request_model:solve_request",),
    "ranking": ("optimization.requests.ranking:rank",),
    "verification": (
        "optimization.requests.verification:refuse_broken_dates",
        "optimization.days.written_changes:refuse_broken_write",
    ),
    "write": ("scheduling.daily_schedules.writer:write_daily_schedules",),
}


TRANSFER = "transfer"
"""The time in which at least one call of a sibling is under way."""


class _Transfer:
    """The time in which calls are under way, however many at once."""

    def __init__(self) -> None:
        self._under_way = 0
        self._since = 0.0
        self._seconds = 0.0

    def watched(self, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Return the function with its time counted."""

        @wraps(function)
        async def timed(*args: Any, **kwargs: Any) -> Any:
            self._step(1)
            try:
                return await function(*args, **kwargs)
            finally:
                self._step(-1)

        return timed

    def taken(self) -> float:
        """Return the seconds since the last call."""
        taken, self._seconds = self._seconds, 0.0
        return taken

    def _step(self, change: int) -> None:
        now = time.perf_counter()
        if self._under_way:
            self._seconds += now - self._since
        self._since = now
        self._under_way += change


def main() -> None:
    """Process each request, and print its parts."""
    django.setup()
    from optimization.requests.processing import process_request  # noqa: PLC0415 (models need django.setup)
    from scheduling.siblings import calls  # noqa: PLC0415

    times, transfer = PartTimes(time.perf_counter), _Transfer()
    watch(PARTS, times)
    calls._exchange = transfer.watched(calls._exchange)
    worked = []
    for request_id in sys.argv[1:]:
        times.taken()
        process_request(UUID(request_id))
        parts = times.taken() | {TRANSFER: transfer.taken()}
        worked.append({part: seconds * 1000 for part, seconds in parts.items()})
    print(json.dumps(worked))


if __name__ == "__main__":
    main()
