"""The servers that the tests talk to, started before Django reads its settings.

PostgreSQL is shared (each test process has a database of its own there); Valkey and Kafka are started
for each test process.
"""

import atexit
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from novatrek_scheduling.sandbox.embedded import DISPOSABLE, kafka, postgres, valkey

_running = ExitStack()
atexit.register(_running.close)


def _start() -> None:
    home = Path(tempfile.mkdtemp(prefix="novatrek-tests-"))
    home.chmod(0o755)
    if "NOVATREK_TESTS_POSTGRES" not in os.environ:
        os.environ["NOVATREK_TESTS_POSTGRES"] = _running.enter_context(
            postgres(home / "postgres", database="novatrek", log=home / "postgres.log", durability=DISPOSABLE)
        )
    nowhere = "http://127.0.0.1:9"
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "novatrek_scheduling.settings",
        "SECRET_KEY": "a key for tests that nobody else uses",
        "SANDBOX": "true",
        "DEBUG": "true",
        "DATABASE_URL": os.environ["NOVATREK_TESTS_POSTGRES"],
        "VALKEY_URL": _running.enter_context(valkey(home / "valkey", log=home / "valkey.log")),
        "KAFKA_BOOTSTRAP_SERVERS": _running.enter_context(kafka()),
        "SIBLING_TOKEN": "sibling-token-for-tests",
        "JWT_SECRET": "a secret of the tests that is long enough",
        "JWT_ALGORITHMS": "HS256",
        "JWT_ISSUER": "https://auth.novatrek.example.com",
        "JWT_AUDIENCE": "svc-scheduling-orchestrator",
    }
    for name in (
        "TRIP_CATALOG_URL",
        "GUIDE_MANAGEMENT_URL",
        "TRAIL_MANAGEMENT_URL",
        "WEATHER_URL",
        "LOCATION_SERVICES_URL",
        "NOTIFICATIONS_URL",
        "ANALYTICS_URL",
    ):
        os.environ[name] = f"{nowhere}/{name.lower()}"


_start()
