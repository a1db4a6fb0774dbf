"""The sweeper, attempts that end without an answer, and the order in the queue."""

from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from scheduling.models import MAX_ATTEMPTS, ClaimLost, Priority, RequestStatus
from scheduling.requests.claims import claim_request, fail_request, reopen_request, sweep_requests
from tests.scheduling.requests.life_cycle import (
    LATER,
    LONG_AGO,
    Committing,
    alerts,
    called_back,
    claimed,
    complete,
    in_queue,
    lapse,
    status_of,
)
from tests.scheduling.requests.rows import pending

pytestmark = pytest.mark.django_db


def test_a_poison_request_is_given_up_after_three_attempts_that_ended_without_a_word() -> None:
    request = pending()

    for _ in range(MAX_ATTEMPTS):
        claimed(request)
        lapse(request)
    assert claim_request(request.pk) is None
    assert sweep_requests(timezone.now()) == 0

    assert status_of(request) == RequestStatus.FAILED
    assert request.outcome.error_code == "ATTEMPTS_EXHAUSTED"
    assert [alert["key"] for alert in alerts()] == [str(request.pk)]
    assert called_back()[0]["status"] == "FAILED"


def test_a_worker_that_comes_back_after_its_request_was_given_up_writes_nothing() -> None:
    request = pending()
    for _ in range(MAX_ATTEMPTS):
        claim = claimed(request)
        lapse(request)
    sweep_requests(timezone.now())

    with pytest.raises(ClaimLost), transaction.atomic():
        complete(claim)


def test_the_sweeper_queues_what_nobody_has_in_hand_and_nothing_else(
    django_capture_on_commit_callbacks: Committing,
) -> None:
    lost, lapsed = pending(queued_at=LONG_AGO), pending()
    fresh, working, not_due = pending(), pending(), pending(queued_at=LONG_AGO, not_before=LATER)
    claimed(lapsed)
    lapse(lapsed)
    claimed(working)
    in_queue()

    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_requests(timezone.now()) == 2

    queued_requests = in_queue()
    assert {UUID(key) for _, key in queued_requests} == {lost.pk, lapsed.pk}
    assert {status_of(request) for request in (fresh, not_due)} == {RequestStatus.PENDING}


def test_what_waited_long_is_queued_in_front_of_what_is_urgent(django_capture_on_commit_callbacks: Committing) -> None:
    in_queue()
    old = pending(queued_at=LONG_AGO)
    with django_capture_on_commit_callbacks(execute=True):
        sweep_requests(timezone.now())
        again = sweep_requests(timezone.now())

    assert again == 0
    assert in_queue() == [(0, str(old.pk))]


def test_requests_wait_in_the_order_of_their_priorities(django_capture_on_commit_callbacks: Committing) -> None:
    in_queue()
    normal, high, urgent = (
        pending(priority=priority) for priority in (Priority.NORMAL, Priority.HIGH, Priority.URGENT)
    )
    for request in (normal, high, urgent):
        fail_request(claimed(request), code="X", message="x")

    with django_capture_on_commit_callbacks(execute=True):
        for request in (normal, high, urgent):
            reopen_request(request.pk)

    assert in_queue() == [(0, str(urgent.pk)), (3, str(high.pk)), (6, str(normal.pk))]
