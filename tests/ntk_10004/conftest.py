import pytest
from django.test import Client

from tests.ntk_10004.incident import Incident, incident
from tests.siblings import SimulatedSiblings


@pytest.fixture
def scene(siblings: SimulatedSiblings, client: Client) -> Incident:
    """A date some days ahead, staffed by the night in one cluster of regions."""
    return incident(siblings, client)
