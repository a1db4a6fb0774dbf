"""Five hundred requests at once, and everything that must hold when they are done."""

from tests.acceptance.load import (
    Clients,
    assert_each_completed_once,
    assert_revisions_count_the_writes,
    assert_the_api_tells_the_same,
    enter_adjustments,
    schedule_requests,
    stored_adjustments,
    unfinished,
)
from tests.acceptance.service import Service, until

DONE_WITHIN_SECONDS = 150


def test_500_requests_of_8_clients_at_once_are_each_completed_once_and_lose_no_adjustment(service: Service) -> None:
    entered = enter_adjustments(service)

    accepted = Clients(service, schedule_requests(service.siblings)).accepted()
    until(lambda: not unfinished(service), DONE_WITHIN_SECONDS, "every request is at its end")

    assert_each_completed_once(service, accepted)
    assert_the_api_tells_the_same(service, accepted)
    assert_revisions_count_the_writes(service)
    assert stored_adjustments(service, list(entered)) == entered
