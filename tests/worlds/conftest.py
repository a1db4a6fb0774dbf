"""In a small world a few changes are many: what guards against a sibling's bad day is tried elsewhere."""

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def _every_answer_is_believed(settings: Settings) -> None:
    settings.MAX_LOST_RECORDS = 1000
    settings.MAX_AWAY_GUIDES_SHARE = 1.0
