"""Rounds of contention and of unavailable siblings, their limits, and the replay of what failed by them."""

import pytest
from django.utils import timezone

from events.models import DeadLetter
from scheduling.models import RequestStatus
from scheduling.requests.claims import MAX_ROUNDS, MAX_SILENT_ROUNDS, claim_request, postpone_request, release_claim
from scheduling.requests.dead_letters import NotReopened, replay_request
from tests.scheduling.requests.life_cycle import alerts, called_back, claimed, due_now, job_of, status_of
from tests.scheduling.requests.rows import pending

pytestmark = pytest.mark.django_db


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
    assert [alert["guides"] for alert in alerts()] == ["Ana, Ben"]
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
