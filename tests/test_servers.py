"""Which servers a run of tests starts."""

import gc
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from tests import servers
from tests.servers import CHECKOUT, POSTGRES

WITHOUT_SERVERS = """
import sys
import pytest
from novatrek_scheduling.sandbox import embedded

def refuse(*_args, **_kwargs):
    sys.exit("a server was started")

embedded.postgres = embedded.valkey = embedded.kafka = refuse
sys.exit(pytest.main(sys.argv[1:]))
"""


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    env = {name: value for name, value in os.environ.items() if name != POSTGRES and "XDIST" not in name}
    command = [sys.executable, "-c", WITHOUT_SERVERS, "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "place",
    [
        "tests/optimization/solver",
        "tests/scheduling/domain/test_local_time.py::test_a_day_has_the_hours_that_its_clocks_show",
    ],
)
def test_pure_tests_start_no_server(place: str) -> None:
    ended = run(place, "-k", "json or local_time")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "passed" in ended.stdout


@pytest.mark.parametrize("place", ["tests/scheduling/domain", "tests/optimization"])
def test_other_tests_start_theirs(place: str) -> None:
    assert "a server was started" in run(place, "--collect-only").stderr


@pytest.mark.parametrize("fixture", ["db", "siblings"])
def test_a_pure_test_that_asks_for_a_server_fails(fixture: str) -> None:
    path = CHECKOUT / "tests/optimization/solver/test_day.py"
    item: Any = SimpleNamespace(path=path, fixturenames=[fixture], get_closest_marker=lambda _: None)

    with pytest.raises(pytest.fail.Exception, match=r"test_day.py is pure"):
        servers.pytest_runtest_setup(item)


def test_the_garbage_of_tests_is_collected() -> None:
    assert gc.isenabled()
