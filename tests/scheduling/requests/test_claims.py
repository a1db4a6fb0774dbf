"""Claims of requests: leases, tokens, completion, failure and reopening."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from scheduling.models import ClaimLost, RequestOutcome, RequestStatus
from scheduling.requests.claims import claim_request, fail_request, release_claim, reopen_request
from tests.factories import TOMORROW
from tests.scheduling.requests.life_cycle import called_back, claimed, complete, job_of, lapse, status_of
from tests.scheduling.requests.rows import pending

pytestmark = pytest.mark.django_db


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
