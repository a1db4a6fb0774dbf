"""From a schedule request to its outcome, part by part; a full queue; and a question of seven dates."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean, median
from typing import Any

import httpx
import psycopg

from benchmarks.cpu import cpu_seconds
from benchmarks.report import Table, quantile
from benchmarks.worked_requests import PARTS, TRANSFER
from tests.service import CHECKOUT, RunningService

ALONE, QUEUED, IN_PARTS, IN_FULL_QUEUE, QUESTIONS = 30, 50, 20, 150, 30
WARM_UP = 10
DATES, DATES_ASKED = 5, 7
CLIENTS = 8
WITHIN_SECONDS, STANDSTILL_SECONDS = 120.0, 5.0
MOST_OVER_SOLVER_AND_SIBLINGS, LEAST_A_SECOND, MOST_OVER_SOLVER = 2.5, 40.0, 5.0
COLUMNS = ("what", "count", "p50 ms", "p99 ms", "figure", "target", "met")
RUNS = """
    SELECT detail.request_id::text, run.started_at, detail.solve_ms
    FROM scheduling.run_details AS detail JOIN scheduling.optimization_runs AS run USING (run_id)
    WHERE detail.request_id = ANY(%s::uuid[])
"""
ENDS = "SELECT completed_at FROM scheduling.request_outcomes WHERE request_id = ANY(%s::uuid[]) ORDER BY completed_at"
QUESTIONS_SOLVED = """
    SELECT detail.solve_ms FROM scheduling.run_details AS detail JOIN scheduling.optimization_runs AS run USING (run_id)
    WHERE detail.subject = 'QUESTION' ORDER BY run.started_at DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class _Answered:
    """A completed request: when its POST was sent and answered, and the service's time of completion."""

    request_id: str
    sent_at: datetime
    accepted_at: datetime
    completed_at: datetime

    @property
    def ms(self) -> float:
        return _ms(self.completed_at - self.sent_at)


class RequestFailed(Exception):
    """A request did not complete; its latency has no meaning."""


def measure_latency(service: RunningService, *, rounds: int) -> Table:
    """Measure single requests and their parts, bursts that queue, a full queue of one process, and a question."""
    bodies = _bodies(service)
    with service.paused("beat"), service.client() as client, ThreadPoolExecutor(CLIENTS) as pool:
        for body in bodies:
            _finished(client, _submitted(client, body))
        rows = _alone_rows(service, client, bodies)
        queued: list[_Answered] = []
        for n in range(rounds):
            burst = [bodies[(n + position) % len(bodies)] for position in range(QUEUED)]
            sent = list(pool.map(lambda body: _submitted(client, body), burst))
            queued += [_finished(client, submitted) for submitted in sent]
        rows.append(_row(f"{QUEUED} at once, POST to COMPLETED", [answered.ms for answered in queued]))
        rows.append(_full_queue_row(service, client, pool, bodies))
        rows.append(_question_row(service, client, bodies))
    notes = (
        f"A request for one trip on {DATES} dates, from before its POST to its `completed_at`, one at a time: the "
        "figure is p50 over the solver's time (`run_details.solve_ms` of the same requests) and the siblings' own. "
        "Theirs is the time in which a request has a call of a sibling under way; what their process computes in the "
        "same while, in CPU time, is beside it. Of the parts POST and waiting are of the same requests, the others of "
        f"{IN_PARTS} requests in a process of their own. {rounds} bursts of {QUEUED} from {CLIENTS} clients to a "
        f"worker of two processes. Full queue: {IN_FULL_QUEUE} requests that wait for a worker of one process, "
        "siblings cached (nothing is published, so that facts about safety are not read anew), the first "
        f"{WARM_UP} left out; the figure is requests a second. A question: {DATES_ASKED} dates, from before the GET "
        "to its end, facts cached; the figure is p50 over the solver's."
    )
    return Table("latency", "From a schedule request to its outcome", COLUMNS, rows, notes)


def _alone_rows(service: RunningService, client: httpx.Client, bodies: Sequence[dict[str, Any]]) -> list[list[str]]:
    siblings = service.supervisor.process_id("siblings")
    before = cpu_seconds([siblings])
    alone = [_finished(client, _submitted(client, bodies[n % len(bodies)])) for n in range(ALONE)]
    computed_ms = (cpu_seconds([siblings]) - before) * 1000 / ALONE
    ids = [answered.request_id for answered in alone]
    runs = {request_id: (started_at, solve_ms) for request_id, started_at, solve_ms in _rows(service, RUNS, [ids])}
    solved = [float(runs[request_id][1]) for request_id in ids]
    waiting = [max(0.0, _ms(runs[answered.request_id][0] - answered.accepted_at)) for answered in alone]
    worked = _worked(service, client, bodies)
    transfer = [request[TRANSFER] for request in worked]
    ratio = median(answered.ms for answered in alone) / (fmean(solved) + median(transfer))
    met = _met(ratio <= MOST_OVER_SOLVER_AND_SIBLINGS)
    figure = (f"{ratio:.2f}", f"≤ {MOST_OVER_SOLVER_AND_SIBLINGS}", met)
    return [
        _row("one at a time, POST to COMPLETED", [answered.ms for answered in alone], *figure),
        _row("- solver", solved),
        _row("- siblings' own", transfer),
        _row("- what siblings compute, mean", [computed_ms]),
        _row("- POST", [_ms(answered.accepted_at - answered.sent_at) for answered in alone]),
        _row("- waiting for a worker", waiting),
        *(_row(f"- {part}", [request.get(part, 0.0) for request in worked]) for part in (*PARTS, "rest")),
    ]


def _worked(service: RunningService, client: httpx.Client, bodies: Sequence[dict[str, Any]]) -> list[dict[str, float]]:
    """Return the milliseconds of each part of requests that a process works on while no other does."""
    with service.paused("worker"):
        ids = [_submitted(client, bodies[n % len(bodies)])[0] for n in range(len(bodies) + IN_PARTS)]
        command = [sys.executable, "-m", "benchmarks.worked_requests", *ids]
        env = dict(service.env) | {"LOG_LEVEL": "ERROR"}
        done = subprocess.run(command, env=env, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE)
    worked: list[dict[str, float]] = json.loads(done.stdout)
    return worked[len(bodies) :]


def _full_queue_row(
    service: RunningService, client: httpx.Client, pool: ThreadPoolExecutor, bodies: Sequence[dict[str, Any]]
) -> list[str]:
    """Measure a worker of one process on requests that wait for it; the service's own gets no CPU meanwhile."""
    worker = [sys.executable, "-m", "celery", "--quiet", "-A", "novatrek_scheduling", "worker", "-c", "1"]
    options = ["-Q", "requests", "--loglevel", "ERROR", "--without-gossip", "--without-mingle", "-n", "alone@%h"]
    env = dict(service.env) | {"AUTO_PUBLISH_REQUESTS": "false", "LOG_LEVEL": "ERROR"}
    with service.paused("worker"):
        burst = [bodies[position % len(bodies)] for position in range(IN_FULL_QUEUE)]
        ids = [submitted[0] for submitted in pool.map(lambda body: _submitted(client, body), burst)]
        process = subprocess.Popen([*worker, *options], env=env, cwd=CHECKOUT)
        try:
            ends = _ends_of_queue(service, ids)
        finally:
            process.terminate()
            process.wait(30)
    per_second = (len(ends) - 1 - WARM_UP) / (ends[-1] - ends[WARM_UP]).total_seconds()
    between = [_ms(later - earlier) for earlier, later in zip(ends[WARM_UP:], ends[WARM_UP + 1 :], strict=False)]
    figure = (f"{per_second:.1f}/s", f"≥ {LEAST_A_SECOND:.0f}/s", _met(per_second >= LEAST_A_SECOND))
    return _row("full queue, one process, siblings cached", between, *figure)


def _ends_of_queue(service: RunningService, request_ids: list[str]) -> list[datetime]:
    """Return when requests completed, once all have that the paused worker does not hold."""
    ends: list[datetime] = []
    started = progressed = time.monotonic()
    while len(ends) < len(request_ids) and time.monotonic() - started < WITHIN_SECONDS:
        time.sleep(0.5)
        before, ends = len(ends), [end for (end,) in _rows(service, ENDS, [request_ids])]
        progressed = time.monotonic() if len(ends) > before else progressed
        if len(ends) > len(request_ids) // 2 and time.monotonic() - progressed > STANDSTILL_SECONDS:
            return ends
    if len(ends) < len(request_ids):
        raise RequestFailed(f"{len(ends)} of {len(request_ids)} requests were completed")
    return ends


def _question_row(service: RunningService, client: httpx.Client, bodies: Sequence[dict[str, Any]]) -> list[str]:
    first = datetime.now(UTC).date() + timedelta(days=1)
    dates = {"date_range_start": f"{first}", "date_range_end": f"{first + timedelta(days=DATES_ASKED - 1)}"}
    trips = [body["trip_id"] for body in bodies[:4]]
    took: list[float] = []
    for n in range(-2 * len(trips), QUESTIONS):
        began = time.perf_counter()
        client.get("/schedule-optimization", params=dates | {"trip_id": trips[n % len(trips)]}).raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
    took = took[2 * len(trips) :]
    solve_ms = fmean(solved for (solved,) in _rows(service, QUESTIONS_SOLVED, [QUESTIONS]))
    ratio = median(took) / max(solve_ms, 1.0)
    figure = (f"{ratio:.1f}", f"≤ {MOST_OVER_SOLVER:.0f}", _met(ratio <= MOST_OVER_SOLVER))
    return _row(f"GET /schedule-optimization, {DATES_ASKED} days, facts cached", took, *figure)


def _bodies(service: RunningService) -> list[dict[str, Any]]:
    today = datetime.now(UTC).date()
    days = [(today + timedelta(days=ahead)).isoformat() for ahead in range(2, 2 + DATES)]
    return [{"trip_id": trip_id, "preferred_dates": days} for trip_id in service.known_ids()["trip_ids"]]


def _submitted(client: httpx.Client, body: dict[str, Any]) -> tuple[str, datetime, datetime]:
    sent_at = datetime.now(UTC)
    request_id: str = client.post("/schedule-requests", json=body).raise_for_status().json()["id"]
    return request_id, sent_at, datetime.now(UTC)


def _finished(client: httpx.Client, sent: tuple[str, datetime, datetime]) -> _Answered:
    request_id, sent_at, accepted_at = sent
    deadline = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < deadline:
        request = client.get(f"/schedule-requests/{request_id}").raise_for_status().json()
        if request["status"] == "COMPLETED":
            return _Answered(request_id, sent_at, accepted_at, datetime.fromisoformat(request["completed_at"]))
        if request["status"] == "FAILED":
            raise RequestFailed(f"{request_id}: {request.get('error')}")
        time.sleep(0.05)
    raise RequestFailed(f"{request_id} is not completed after {WITHIN_SECONDS:.0f} s")


def _rows(service: RunningService, statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with psycopg.connect(service.env["DATABASE_URL"]) as connection:
        return connection.execute(statement, parameters).fetchall()


def _ms(duration: timedelta) -> float:
    return duration.total_seconds() * 1000


def _met(is_met: bool) -> str:
    return "yes" if is_met else "NO"


def _row(what: str, took: Sequence[float], figure: str = "", target: str = "", met: str = "") -> list[str]:
    count = str(len(took))
    return [what, count, f"{quantile(took, 0.50):.1f}", f"{quantile(took, 0.99):.1f}", figure, target, met]
