import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from events.models import OutboxMessage
from events.outbox import record
from events.relay import Relay
from tests.events.conftest import RegisterDestination
from tests.events.helpers import running, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

DIES_AFTER_DELIVERING = """
import os, sys
import django
django.setup()
from events import outbox
from events.relay import Relay

def deliver(message):
    with open(sys.argv[1], "a") as file:
        file.write(f"{message.message_id}\\n")
    os._exit(9)

outbox.register_destination("svc-test", deliver)
Relay().drain()
"""


def _record(*keys: str, url: str = "") -> None:
    with transaction.atomic():
        for number, key in enumerate(keys):
            record(destination="svc-test", key=key, kind="test", payload={"number": number}, url=url)


def _all_are_sent() -> bool:
    return not OutboxMessage.objects.unsent().exists()


def _environment() -> dict[str, str]:
    database = settings.DATABASES["default"]
    url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{connection.settings_dict['NAME']}"
    return {**os.environ, "DATABASE_URL": url}


def _catches_sigterm(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) & 1 << (signal.SIGTERM - 1))


def test_two_relays_send_each_message_once_and_in_order(destination: RegisterDestination) -> None:
    delivered: dict[str, list[int]] = {}
    destination("svc-test", lambda message: delivered.setdefault(message.key, []).append(message.payload["number"]))
    keys = [f"key-{number % 7}" for number in range(140)]
    _record(*keys)

    with running(Relay(), Relay()):
        wait_until(_all_are_sent)

    expected = {key: [number for number, other in enumerate(keys) if other == key] for key in set(keys)}
    assert delivered == expected


def test_a_running_relay_sends_what_is_recorded_later(destination: RegisterDestination) -> None:
    delivered = threading.Event()
    destination("svc-test", lambda _message: delivered.set())

    with running(Relay()):
        _record("a")

        assert delivered.wait(20)


def test_a_slow_host_holds_up_no_other(destination: RegisterDestination) -> None:
    slow_may_end = threading.Event()
    delivered: set[str] = set()

    def deliver(message: OutboxMessage) -> None:
        if message.host == "slow.example":
            slow_may_end.wait(20)
        delivered.add(message.key)

    destination("svc-test", deliver)
    slow = [f"slow-{number}" for number in range(40)]
    _record(*slow, url="https://slow.example/callback")
    _record("quick", url="https://quick.example/callback")

    with running(Relay()):
        wait_until(lambda: "quick" in delivered)
        assert delivered == {"quick"}
        slow_may_end.set()
        wait_until(_all_are_sent)

    assert delivered == {"quick", *slow}


def test_no_transaction_is_open_during_a_delivery(destination: RegisterDestination) -> None:
    states: list[str] = []
    sql = "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

    def deliver(_message: OutboxMessage) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            states.extend(state for (state,) in cursor.fetchall())

    destination("svc-test", deliver)
    _record("a")

    with running(Relay()):
        wait_until(_all_are_sent)

    assert states
    assert "idle in transaction" not in states


def test_a_relay_that_dies_before_it_noted_a_delivery_leaves_it_to_the_next(
    destination: RegisterDestination, tmp_path: Path
) -> None:
    deliveries = tmp_path / "deliveries"
    _record("a")
    dying = subprocess.run(
        [sys.executable, "-c", DIES_AFTER_DELIVERING, str(deliveries)], env=_environment(), check=False
    )

    again: list[str] = []
    destination("svc-test", lambda message: again.append(str(message.message_id)))
    wait_until(lambda: Relay().drain() == 1)

    assert dying.returncode == 9
    assert deliveries.read_text().split() == again


def test_a_relay_outlives_its_database_session(destination: RegisterDestination) -> None:
    delivered: list[str] = []
    destination("svc-test", lambda message: delivered.append(message.key))
    _record("before")

    with running(Relay()):
        wait_until(lambda: delivered == ["before"])
        wait_until(_all_are_sent)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        _record("after")
        wait_until(_all_are_sent)

    assert delivered == ["before", "after"]


def test_a_delivery_under_way_is_finished_before_a_relay_stops(destination: RegisterDestination) -> None:
    under_way, may_end = threading.Event(), threading.Event()

    def deliver(_message: OutboxMessage) -> None:
        under_way.set()
        may_end.wait(20)

    destination("svc-test", deliver)
    _record("a")
    relay = Relay()

    with running(relay):
        assert under_way.wait(20)
        relay.stop()
        may_end.set()

    assert _all_are_sent()


@pytest.mark.parametrize("command", ["relay_outbox", "consume_events"])
def test_a_process_ends_cleanly_on_sigterm(command: str) -> None:
    process = subprocess.Popen([sys.executable, "manage.py", command], cwd=settings.BASE_DIR, env=_environment())
    wait_until(lambda: _catches_sigterm(process.pid))

    process.send_signal(signal.SIGTERM)

    assert process.wait(20) == 0
