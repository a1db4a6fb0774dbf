"""The latency of schedule requests until COMPLETED, compared with the solver's time."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg

from benchmarks.report import Table, quantile
from tests.service import RunningService

ALONE, QUEUED = 30, 50
DATES = 5
CLIENTS = 8
WITHIN_SECONDS = 120.0
COLUMNS = ("load", "requests", "p50 ms", "p99 ms", "solver p50 ms", "solver p99 ms", "p50 / solver p50")
SOLVE_MS = "SELECT request_id::text, solve_ms FROM scheduling.run_details WHERE request_id = ANY(%s::uuid[])"


@dataclass(frozen=True, slots=True)
class _Answered:
    """A completed request, with the service's time of completion."""

    request_id: str
    sent_at: datetime
    completed_at: datetime

    @property
    def ms(self) -> float:
        return (self.completed_at - self.sent_at).total_seconds() * 1000


class RequestFailed(Exception):
    """A request did not complete; its latency has no meaning."""


def measure_latency(service: RunningService, *, rounds: int) -> Table:
    """Measure the latencies of single requests, and of bursts that queue."""
    bodies = _bodies(service)
    with service.client() as client, ThreadPoolExecutor(CLIENTS) as pool:
        _finished(client, _submitted(client, bodies[0]))
        alone = [_finished(client, _submitted(client, bodies[n % len(bodies)])) for n in range(ALONE)]
        queued: list[_Answered] = []
        for n in range(rounds):
            burst = [bodies[(n + position) % len(bodies)] for position in range(QUEUED)]
            sent = list(pool.map(lambda body: _submitted(client, body), burst))
            queued += [_finished(client, submitted) for submitted in sent]
    solver = _solver_ms(service, [answered.request_id for answered in (*alone, *queued)])
    rows = [_row("one at a time", alone, solver), _row(f"{QUEUED} at once", queued, solver)]
    notes = (
        f"A request for one trip on {DATES} dates, from before its POST to its `completed_at`; the solver's time is "
        f"`run_details.solve_ms` of the same requests. {rounds} bursts of {QUEUED} from {CLIENTS} clients; a worker of "
        "two processes. A queued request waits for those before it: its ratio says how deep the queue was."
    )
    return Table("latency", "From a schedule request to its outcome", COLUMNS, rows, notes)


def _bodies(service: RunningService) -> list[dict[str, Any]]:
    today = datetime.now(UTC).date()
    days = [(today + timedelta(days=ahead)).isoformat() for ahead in range(2, 2 + DATES)]
    return [{"trip_id": trip_id, "preferred_dates": days} for trip_id in service.known_ids()["trip_ids"]]


def _submitted(client: httpx.Client, body: dict[str, Any]) -> tuple[str, datetime]:
    sent_at = datetime.now(UTC)
    return client.post("/schedule-requests", json=body).raise_for_status().json()["id"], sent_at


def _finished(client: httpx.Client, sent: tuple[str, datetime]) -> _Answered:
    request_id, sent_at = sent
    deadline = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < deadline:
        request = client.get(f"/schedule-requests/{request_id}").raise_for_status().json()
        if request["status"] == "COMPLETED":
            return _Answered(request_id, sent_at, datetime.fromisoformat(request["completed_at"]))
        if request["status"] == "FAILED":
            raise RequestFailed(f"{request_id}: {request.get('error')}")
        time.sleep(0.05)
    raise RequestFailed(f"{request_id} is not completed after {WITHIN_SECONDS:.0f} s")


def _solver_ms(service: RunningService, request_ids: list[str]) -> dict[str, int]:
    with psycopg.connect(service.env["DATABASE_URL"]) as connection:
        return dict(connection.execute(SOLVE_MS, [request_ids]).fetchall())


def _row(load: str, answered: list[_Answered], solver: dict[str, int]) -> list[str]:
    whole = [request.ms for request in answered]
    solving = [float(solver[request.request_id]) for request in answered]
    return [
        load,
        str(len(answered)),
        f"{quantile(whole, 0.50):.0f}",
        f"{quantile(whole, 0.99):.0f}",
        f"{quantile(solving, 0.50):.0f}",
        f"{quantile(solving, 0.99):.0f}",
        f"{quantile(whole, 0.50) / max(quantile(solving, 0.50), 1):.1f}",
    ]
