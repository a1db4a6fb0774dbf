import pytest

from tests.fuzz.running import fuzz
from tests.service import running_service

CASES_AN_OPERATION = 20


@pytest.mark.timeout(900)
def test_generated_and_hostile_requests_get_only_documented_answers() -> None:
    with running_service() as service:
        outcome = fuzz(service, cases=CASES_AN_OPERATION)

    assert not outcome.problems, outcome.report()
