"""Many requests at once, with everything in order and with everything breaking."""

import os
import signal
from datetime import timedelta
from typing import Any

import pytest

from tests.acceptance.load import (
    Clients,
    assert_everything_holds,
    broken_rules,
    enter_adjustments,
    schedule_requests,
    unfinished,
)
from tests.acceptance.service import Service, until
from tests.thoroughness import is_thorough

DONE_WITHIN_SECONDS = 240
# With everything breaking there is always work in hand at each kill; more requests differ by nothing but their number.
MANY = 500 if is_thorough() else 150
UNDISTURBED = 500 if is_thorough() else 80
WORKERS = ("worker-1", "worker-2")
KILLS = 5
DONE_BETWEEN_KILLS = MANY * 12 // 100
ACCEPTED_BEFORE_VALKEY_GOES = MANY // 5
# Whoever dies three times over one request is killed by it, by definition; these kills are from outside.
LAST_ATTEMPT = 3

pytestmark = pytest.mark.timeout(900)


def test_requests_of_8_clients_at_once_are_each_completed_once_and_lose_no_adjustment(service: Service) -> None:
    entered = enter_adjustments(service)

    accepted = Clients(service, schedule_requests(service.siblings, UNDISTURBED)).accepted()
    until(lambda: not unfinished(service), DONE_WITHIN_SECONDS, "every request is at its end")

    assert_everything_holds(service, accepted, entered)
    assert runs_not_completed(service) == []

    optimize_the_horizon(service)

    assert broken_rules(service) == []


def test_the_same_holds_while_workers_are_killed_and_valkey_is_emptied(service: Service) -> None:
    entered = enter_adjustments(service)

    clients = Clients(service, schedule_requests(service.siblings, MANY))
    until(lambda: accepted_so_far(service) >= ACCEPTED_BEFORE_VALKEY_GOES, DONE_WITHIN_SECONDS, "requests come in")
    service.restart_valkey_empty()
    for number in range(1, KILLS + 1):
        until(lambda: finished(service) >= number * DONE_BETWEEN_KILLS, DONE_WITHIN_SECONDS, "work goes on")  # noqa: B023
        kill_at_work(service, WORKERS[number % 2])
    accepted = clients.accepted()
    until(lambda: not unfinished(service), DONE_WITHIN_SECONDS, "every request is at its end")

    assert_everything_holds(service, accepted, entered)


def accepted_so_far(service: Service) -> int:
    return int(service.value("SELECT count(*) FROM schedule_requests"))


def finished(service: Service) -> int:
    return int(service.value("SELECT count(*) FROM request_outcomes"))


def kill_at_work(service: Service, name: str) -> None:
    """Kill a worker with its children at a moment when it has a request in hand, and start another."""
    until(lambda: killed(service, name), DONE_WITHIN_SECONDS, f"{name} has a request in hand")
    service.running[name].start()


def killed(service: Service, name: str) -> bool:
    """Look while the worker stands still, so that what is seen is what is killed."""
    group = service.running[name].process.pid
    os.killpg(group, signal.SIGSTOP)
    attempts = service.value(
        "SELECT coalesce(max(attempts), 0) FROM request_jobs JOIN schedule_requests USING (request_id)"
        " WHERE status = 'PROCESSING'"
    )
    if not 0 < attempts < LAST_ATTEMPT:
        os.killpg(group, signal.SIGCONT)
        return False
    service.kill(name)
    return True


def runs_not_completed(service: Service) -> list[dict[str, Any]]:
    query = "SELECT status, error FROM optimization_runs JOIN run_details USING (run_id) WHERE status <> 'COMPLETED'"
    return service.rows(query)


def optimize_the_horizon(service: Service) -> None:
    """Every date of the next week, over what requests have planned there."""
    first, last = (service.siblings.today + timedelta(days=offset) for offset in (1, 7))
    service.run("manage.py", "optimize_schedules", "--from", str(first), "--to", str(last), "--json")
