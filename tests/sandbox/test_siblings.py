"""Every operation of the simulated siblings, against the contracts they simulate."""


import httpx
import pytest

from tests.siblings import SimulatedSiblings


def test_a_caller_without_the_token_is_refused(siblings: SimulatedSiblings) -> None:
    assert siblings.call("svc-weather", "/weather/alerts", headers={"Authorization": "Bearer other"}).status_code == 401


def test_a_service_that_is_down_ends_the_connection(siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-weather", "down")

    with pytest.raises(httpx.TransportError):
        siblings.call("svc-weather", "/weather/alerts")
    assert siblings.call("svc-trip-catalog", "/regions").status_code == 200
