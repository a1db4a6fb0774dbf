"""The life of a request on the table: claims, leases, tokens, attempts, rounds, and the sweeper."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from events.models import DeadLetter, OutboxMessage
from scheduling.models import (
    MAX_ATTEMPTS,
    ClaimLost,
    Priority,
    RequestJob,
    RequestOutcome,
    RequestStatus,
    ScheduleRequest,
)
from scheduling.requests.claims import (
    MAX_ROUNDS,
    MAX_SILENT_ROUNDS,
    QUEUE,
    RequestClaim,
    claim_request,
    complete_request,
    fail_request,
    postpone_request,
    release_claim,
    reopen_request,
    sweep_requests,
)
from scheduling.requests.dead_letters import NotReopened, replay_request
from tests.factories import TOMORROW
from tests.scheduling.requests.queues import queued
from tests.scheduling.requests.rows import pending

pytestmark = pytest.mark.django_db

Committing = Callable[..., Any]
LONG_AGO, LATER = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(days=1)


def claimed(request: ScheduleRequest) -> RequestClaim:
    claim = claim_request(request.pk)
    assert claim
    return claim


def complete(claim: RequestClaim) -> None:
    complete_request(claim, result={"recommended_dates": []}, run_id=uuid4(), chosen=TOMORROW, departure_id=None)


def status_of(request: ScheduleRequest) -> str:
    request.refresh_from_db()
    return request.status


def job_of(request: ScheduleRequest) -> RequestJob:
    return RequestJob.objects.get(pk=request.pk)


def due_now(request: ScheduleRequest) -> None:
    RequestJob.objects.filter(pk=request.pk).update(not_before=LONG_AGO)


def lapse(request: ScheduleRequest) -> None:
    RequestJob.objects.filter(pk=request.pk).update(lease_until=LONG_AGO)


def told_operations() -> list[dict[str, str]]:
    alerts = OutboxMessage.objects.filter(destination="svc-notifications", kind="operations.alert")
    return [message.payload["body"]["variables"] for message in alerts]


def called_back() -> list[dict[str, Any]]:
    return [message.payload for message in OutboxMessage.objects.filter(destination="callback").order_by("pk")]


def in_queue() -> list[tuple[int, str]]:
    """The requests that wait there, the most urgent first."""
    return [(priority, arguments[0]) for priority, arguments in queued(QUEUE)]


def test_a_request_is_claimed_once() -> None:
    request = pending()

    claim = claimed(request)

    assert (claim.token, claim.attempts) == (1, 1)
    assert status_of(request) == RequestStatus.PROCESSING
    assert claim_request(request.pk) is None


@pytest.mark.django_db(transaction=True)
def test_of_workers_with_the_same_message_one_has_it() -> None:
    request = pending()
    together = threading.Barrier(4)

    def claim(_: int) -> bool:
        together.wait(timeout=10)
        try:
            return claim_request(request.pk) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(claim, range(4))) == [False, False, False, True]


def test_a_request_that_is_unknown_or_done_or_not_due_is_not_claimed() -> None:
    done, later = pending(), pending(not_before=timezone.now() + timedelta(minutes=1))
    complete(claimed(done))

    assert [claim_request(key) for key in (uuid4(), done.pk, later.pk)] == [None, None, None]


def test_a_lapsed_lease_hands_the_request_to_the_next_worker_and_the_first_writes_nothing_any_more() -> None:
    request = pending()
    slow = claimed(request)
    lapse(request)

    second = claimed(request)

    assert (second.token, second.attempts) == (2, 2)
    for end in (complete, lambda claim: fail_request(claim, code="X", message="x"), release_claim):
        with pytest.raises(ClaimLost), transaction.atomic():
            end(slow)
    assert not RequestOutcome.objects.exists()
    complete(second)
    assert status_of(request) == RequestStatus.COMPLETED


def test_a_worker_that_was_slow_but_is_still_alone_may_finish() -> None:
    request = pending()
    claim = claimed(request)
    lapse(request)

    complete(claim)

    assert status_of(request) == RequestStatus.COMPLETED


def test_nothing_is_completed_twice() -> None:
    claim = claimed(pending())
    complete(claim)

    with pytest.raises(ClaimLost), transaction.atomic():
        complete(claim)


def test_completion_stores_the_result_the_chosen_date_and_the_callback() -> None:
    request = pending()

    complete(claimed(request))

    request.refresh_from_db()
    assert request.schedule_date == TOMORROW
    assert request.outcome.result == {"recommended_dates": []}
    assert called_back() == [{"id": str(request.pk), "status": "COMPLETED", "result": {"recommended_dates": []}}]


def test_a_request_that_fails_calls_back_too() -> None:
    request = pending()

    fail_request(claimed(request), code="UNKNOWN_TRIP", message="There is no such trip.")

    error = {"code": "UNKNOWN_TRIP", "message": "There is no such trip."}
    assert called_back() == [{"id": str(request.pk), "status": "FAILED", "error": error}]


def test_contention_costs_a_round_and_no_attempt() -> None:
    request = pending()

    release_claim(claimed(request))

    job = job_of(request)
    assert status_of(request) == RequestStatus.PENDING
    assert (job.attempts, job.rounds, job.lease_until) == (0, 1, None)
    assert job.not_before > timezone.now()


def test_after_five_rounds_the_request_fails_and_operations_hear_which_guides_it_was_about() -> None:
    request = pending()

    for _ in range(MAX_ROUNDS):
        release_claim(claimed(request), guide_names=["Ben", "Ana"])
        due_now(request)

    assert status_of(request) == RequestStatus.FAILED
    assert request.outcome.error_code == "RETRIES_EXHAUSTED"
    [letter] = DeadLetter.objects.all()
    assert letter.key == str(request.pk)
    assert [alert["guides"] for alert in told_operations()] == ["Ana, Ben"]
    assert called_back()[0]["error"]["code"] == "RETRIES_EXHAUSTED"
    assert claim_request(request.pk) is None


def test_a_sibling_that_stays_away_fails_the_request_with_its_own_code_and_costs_no_attempt() -> None:
    request = pending()

    for _ in range(MAX_SILENT_ROUNDS):
        assert status_of(request) == RequestStatus.PENDING
        due_now(request)
        postpone_request(claimed(request), code="SIBLING_UNAVAILABLE", message="svc-guide-management did not answer.")

    assert status_of(request) == RequestStatus.FAILED
    assert request.outcome.error_code == "SIBLING_UNAVAILABLE"
    assert job_of(request).attempts <= 1
    assert DeadLetter.objects.count() == 1


def test_the_times_a_sibling_was_away_use_up_no_round_of_contention() -> None:
    request = pending()
    for _ in range(MAX_ROUNDS):
        postpone_request(claimed(request), code="SIBLING_UNAVAILABLE", message="svc-guide-management did not answer.")
        due_now(request)

    release_claim(claimed(request))

    assert status_of(request) == RequestStatus.PENDING


def test_contention_uses_up_no_round_of_the_patience_with_a_silent_sibling() -> None:
    request = pending()
    for _ in range(MAX_ROUNDS - 1):
        release_claim(claimed(request))
        due_now(request)

    for _ in range(MAX_SILENT_ROUNDS - 1):
        postpone_request(claimed(request), code="SIBLING_UNAVAILABLE", message="svc-guide-management did not answer.")
        due_now(request)

    assert status_of(request) == RequestStatus.PENDING


def test_a_poison_request_is_given_up_after_three_attempts_that_ended_without_a_word() -> None:
    request = pending()

    for _ in range(MAX_ATTEMPTS):
        claimed(request)
        lapse(request)
    assert claim_request(request.pk) is None
    assert sweep_requests(timezone.now()) == 0

    assert status_of(request) == RequestStatus.FAILED
    assert request.outcome.error_code == "ATTEMPTS_EXHAUSTED"
    assert [alert["key"] for alert in told_operations()] == [str(request.pk)]
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

    found = in_queue()
    assert {UUID(key) for _, key in found} == {lost.pk, lapsed.pk}
    assert {status_of(request) for request in (fresh, not_due)} == {RequestStatus.PENDING}


def test_what_waited_long_is_queued_in_front_of_what_is_urgent(django_capture_on_commit_callbacks: Committing) -> None:
    in_queue()
    old = pending(queued_at=LONG_AGO)
    with django_capture_on_commit_callbacks(execute=True):
        sweep_requests(timezone.now())
        again = sweep_requests(timezone.now())

    assert again == 0
    assert in_queue() == [(0, str(old.pk))]


def test_a_failed_request_starts_over_and_one_that_did_not_fail_does_not() -> None:
    failed, other = pending(attempts=2, rounds=4, silent_rounds=8), pending()
    fail_request(claimed(failed), code="X", message="x")

    assert reopen_request(failed.pk)
    assert not reopen_request(other.pk)

    job = job_of(failed)
    assert status_of(failed) == RequestStatus.PENDING
    assert (job.attempts, job.rounds, job.silent_rounds) == (0, 0, 0)
    assert not RequestOutcome.objects.filter(pk=failed.pk).exists()
    complete(claimed(failed))


def test_replaying_its_dead_letter_works_on_the_request_again_once() -> None:
    request = pending()
    for _ in range(MAX_ROUNDS):
        release_claim(claimed(request))
        due_now(request)
    letter = DeadLetter.objects.get()

    replay_request(letter)

    assert status_of(request) == RequestStatus.PENDING
    with pytest.raises(NotReopened):
        replay_request(letter)


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
