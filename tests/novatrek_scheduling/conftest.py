import pytest
from django.test import Client


@pytest.fixture
def api(settings: "pytest.FixtureRequest", client: Client) -> Client:
    """A client of the real addresses and of those in `urls_for_tests`."""
    settings.ROOT_URLCONF = "tests.novatrek_scheduling.api.urls_for_tests"
    return client
