"""Requests that failed, queued again by an operator."""

from datetime import timedelta

import pytest
from django.core.management import CommandError

from scheduling.models import RequestStatus, ScheduleRequest
from scheduling.requests.claims import claim_request, fail_request
from tests.optimization.management.typed import run
from tests.scheduling.requests.rows import pending


def failed() -> ScheduleRequest:
    request = pending()
    claim = claim_request(request.pk)
    assert claim
    fail_request(claim, code="X", message="x")
    return request


@pytest.mark.django_db
def test_failed_requests_are_queued_again_all_or_one() -> None:
    first, second, waiting = failed(), failed(), pending()

    assert "1 request queued again" in run("rerun_requests", "--id", str(first.pk))
    assert "1 request queued again" in run("rerun_requests", "--failed")

    statuses = ScheduleRequest.objects.filter(pk__in=[first.pk, second.pk, waiting.pk])
    assert set(statuses.values_list("status", flat=True)) == {RequestStatus.PENDING}
    with pytest.raises(CommandError, match="There is no failed request"):
        run("rerun_requests", "--id", str(waiting.pk))


@pytest.mark.django_db
def test_failed_requests_are_queued_again_since_a_date() -> None:
    request = failed()
    tomorrow = request.created_at.date() + timedelta(days=1)

    assert "0 requests" in run("rerun_requests", "--since", str(tomorrow))
    assert "1 request queued" in run("rerun_requests", "--since", str(request.created_at.date()))
