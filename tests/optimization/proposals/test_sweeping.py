"""Proposals that no worker makes are queued again, and those that are long over are deleted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from optimization.models import Proposal
from optimization.proposals.claims import claim_proposal
from optimization.proposals.services import find_proposal, request_proposal
from optimization.proposals.sweeper import sweep_proposals
from optimization.tasks import sweep_proposals_task
from tests.factories import TOMORROW
from tests.optimization.proposals.made import a_proposal
from tests.scheduling.requests.queues import queued

pytestmark = pytest.mark.django_db
OnCommit = Callable[..., Any]


def test_a_proposal_is_queued_ahead_of_the_night_and_again_when_its_message_is_lost(
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    queued("optimization")
    with django_capture_on_commit_callbacks(execute=True):
        proposal = request_proposal(TOMORROW, [], by="ana")
    assert queued("optimization") == [(0, [str(proposal.pk)])]

    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_proposals(timezone.now()) == 0
        assert sweep_proposals(timezone.now() + timedelta(minutes=2)) == 1

    assert queued("optimization") == [(0, [str(proposal.pk)])]


def test_a_killed_worker_gives_its_proposal_to_the_next_and_three_fail_it() -> None:
    proposal = request_proposal(TOMORROW, [], by="ana")
    lapsed = timezone.now() - timedelta(seconds=1)
    for attempts in (1, 2, 3):
        claim = claim_proposal(proposal.pk)
        assert claim
        assert claim.attempts == attempts
        Proposal.objects.update(lease_until=lapsed)
    assert claim_proposal(proposal.pk) is None

    sweep_proposals(timezone.now())

    failed = find_proposal(proposal.pk)
    assert (failed.status, failed.error) == (Proposal.Status.FAILED, "3 attempts ended unfinished")


def test_proposals_are_deleted_two_weeks_after_they_expired() -> None:
    now = timezone.now()
    old = a_proposal({}, {}, expires_at=now - timedelta(days=15), status=Proposal.Status.ACCEPTED)
    recent = a_proposal({}, {}, expires_at=now - timedelta(days=1), status=Proposal.Status.DROPPED)

    sweep_proposals_task()

    assert list(Proposal.objects.all()) == [recent]
    assert old.pk != recent.pk
