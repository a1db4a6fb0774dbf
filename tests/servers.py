"""The servers that the tests talk to, started before Django reads its settings.

PostgreSQL is shared (each test process has a database of its own there); Valkey and Kafka are started
for each test process. A run of nothing but pure tests starts none: its settings lead nowhere.
"""

import atexit
import gc
import os
from collections.abc import Generator, Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from novatrek_scheduling.sandbox import embedded

CHECKOUT = Path(__file__).resolve().parents[1]
# Values in, values out. A test in there that asks for a server fails.
PURE = (
    "tests/conflicts/detection",
    "tests/optimization/solver",
    "tests/optimization/verification",
    "tests/scheduling/domain",
    "tests/scheduling/rules",
)
# Those in there that compare with what the database or a whole service does.
WITH_SERVERS = (
    "tests/optimization/verification/test_killed_processes.py",
    "tests/optimization/verification/test_refusal.py",
    "tests/optimization/verification/test_request_constraints.py",
    "tests/scheduling/domain/test_difference.py",
)
FIXTURES_OF_SERVERS = {"db", "live_server", "siblings", "siblings_process", "transactional_db"}
POSTGRES = "NOVATREK_TESTS_POSTGRES"
NOWHERE = "127.0.0.1:9"
YOUNG_OBJECTS = 50_000
SIBLING_URLS = (
    "TRIP_CATALOG_URL",
    "GUIDE_MANAGEMENT_URL",
    "TRAIL_MANAGEMENT_URL",
    "WEATHER_URL",
    "LOCATION_SERVICES_URL",
    "NOTIFICATIONS_URL",
    "ANALYTICS_URL",
)

_running = ExitStack()
atexit.register(_running.close)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Set the environment, before pytest-django loads the settings."""
    options = early_config.known_args_namespace
    os.environ |= _environment(_servers(options.file_or_dir, is_controller=_is_controller(options.numprocesses)))
    yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a pure test that is not."""
    if _is_pure(item.path) and _needs_servers(item):
        pytest.fail(f"{item.path.name} is pure by {__name__}, and this test asks for a server.", pytrace=False)


def pytest_collection_finish() -> None:
    """Have the garbage of tests collected, but not what was loaded before them and lives as long as the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    gc.enable()


def _is_controller(processes: object) -> bool:
    """Whether the tests run in other processes than this one."""
    return bool(processes) and "PYTEST_XDIST_WORKER" not in os.environ


def _needs_servers(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & FIXTURES_OF_SERVERS)


def _is_pure(path: Path) -> bool:
    return _is_in(path, PURE) and not _is_in(path, WITH_SERVERS)


def _is_in(path: Path, places: Iterable[str]) -> bool:
    return any(path.is_relative_to(CHECKOUT / place) for place in places)


def _are_pure(arguments: list[str]) -> bool:
    """Whether the paths and ids on the command line are of pure tests only."""
    paths = [Path(argument.partition("::")[0]).resolve() for argument in arguments]
    with_servers = [CHECKOUT / place for place in WITH_SERVERS]
    return bool(paths) and all(
        _is_in(path, PURE) and not any(place.is_relative_to(path) for place in with_servers) for path in paths
    )


def _servers(arguments: list[str], *, is_controller: bool) -> dict[str, str]:
    """The addresses of the servers that these tests need, started where nobody has yet."""
    addresses = {
        "DATABASE_URL": f"postgres://nobody@{NOWHERE}/none",
        "VALKEY_URL": f"redis://{NOWHERE}",
        "KAFKA_BOOTSTRAP_SERVERS": NOWHERE,
    }
    if _are_pure(arguments):
        return addresses
    # Up to some hundred megabytes, which go when the servers are down.
    home = Path(_running.enter_context(TemporaryDirectory(prefix="novatrek-tests-", ignore_cleanup_errors=True)))
    home.chmod(0o755)
    if POSTGRES not in os.environ:
        os.environ[POSTGRES] = _running.enter_context(
            embedded.postgres(
                home / "postgres", database="novatrek", log=home / "postgres.log", durability=embedded.DISPOSABLE
            )
        )
    addresses["DATABASE_URL"] = os.environ[POSTGRES]
    if not is_controller:
        valkey = embedded.valkey(home / "valkey", log=home / "valkey.log")
        addresses["VALKEY_URL"] = _running.enter_context(valkey)
        addresses["KAFKA_BOOTSTRAP_SERVERS"] = _running.enter_context(embedded.kafka())
    return addresses


def _environment(addresses: dict[str, str]) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "novatrek_scheduling.settings",
        "SECRET_KEY": "a key for tests that nobody else uses",
        "SANDBOX": "true",
        # A test that means another day than that of UTC says so: the company's day is not another one at night.
        "COMPANY_TIME_ZONE": "UTC",
        "DEBUG": "true",
        "SIBLING_TOKEN": "sibling-token-for-tests",
        "JWT_SECRET": "a secret of the tests that is long enough",
        "JWT_ALGORITHMS": "HS256",
        "JWT_ISSUER": "https://auth.novatrek.example.com",
        "JWT_AUDIENCE": "svc-scheduling-orchestrator",
        **{variable: f"http://{NOWHERE}/{variable.lower()}" for variable in SIBLING_URLS},
        **addresses,
    }


# Modules and tests are loaded by the hundred thousand objects and stay: looking through them again and again
# takes seconds of each process. After that the collector is needed: a process of tests grows by gigabytes without.
gc.disable()
