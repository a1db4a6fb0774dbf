from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from novatrek_scheduling.environment import TokenSettings
from tests.novatrek_scheduling.api.issuers import Issuer, serving_issuer


@pytest.fixture
def api(settings: "pytest.FixtureRequest", client: Client) -> Client:
    """A client of the real addresses and of those in `urls_for_tests`."""
    settings.ROOT_URLCONF = "tests.novatrek_scheduling.api.urls_for_tests"
    return client


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    """The issuer whose tokens the service accepts."""
    with serving_issuer() as issuer:
        shared = settings.JWT
        settings.JWT = TokenSettings(shared.issuer, shared.audience, ("RS256", "ES256"), jwks_url=issuer.url)
        yield issuer
