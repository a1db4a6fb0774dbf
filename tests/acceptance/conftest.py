"""One running service for all acceptance tests; each begins with empty tables and a seeded world."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.service import Service, running_service
from tests.siblings import SimulatedSiblings


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests together where others are spread over processes (`--dist loadgroup`): they share one service.

    pytest-xdist reads the groups in the same hook. The first test also starts the service, with a dozen processes.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("acceptance"))
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="package")
def running(siblings_process: SimulatedSiblings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service as the test before left it."""
    home: Path = tmp_path_factory.mktemp("acceptance")
    with running_service(home, siblings_process) as service:
        yield service


@pytest.fixture
def service(running: Service) -> Service:
    """The service, with nothing in its tables and its siblings up."""
    running.begin_anew()
    return running
