"""A request that was shown before is read again where any of what it is made of is another."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import DepartureStatus
from scheduling.models import RequestOutcome, ScheduleRequest
from scheduling.requests.answers import Standing, result_now
from scheduling.requests.claims import complete_request
from scheduling.requests.selectors import ShownRequest, shown_request
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory
from tests.scheduling.requests.life_cycle import claimed
from tests.scheduling.requests.rows import pending
from tests.scheduling.writes import change, put

pytestmark = pytest.mark.django_db

RESULT: dict[str, Any] = {"recommended_dates": [], "guide_assignments": [], "conflict_warnings": []}


def complete(request: ScheduleRequest) -> UUID:
    """Answer a request with a new departure, whose id is returned."""
    key, departure = uuid4(), DepartureFactory()
    put({key: departure})
    with transaction.atomic():
        result = result_now(RESULT, TOMORROW, Standing(key, TOMORROW, departure))
        complete_request(claimed(request), result=result, run_id=uuid4(), chosen=TOMORROW, departure_id=key)
    return key


def status_shown(request: ScheduleRequest) -> Any:
    shown: ShownRequest = shown_request(str(request.pk))
    return shown.current_result["departure"]["status"] if shown.current_result else shown.status


def remove(key: UUID) -> None:
    write_daily_schedules([TOMORROW], lambda drafts: drafts[TOMORROW].document.departures.pop(key), author=DISPATCHER)


def test_each_request_is_read_once_while_nothing_of_it_changes() -> None:
    requests = [pending(), pending()]
    complete(requests[0])
    first = [shown_request(str(request.pk)) for request in requests]

    again = [shown_request(str(request.pk)) for request in requests]

    assert [shown.request_id for shown in again] == [str(request.pk) for request in requests]
    assert all(map(lambda shown, before: shown is before, again, first))


def test_what_becomes_of_a_request_and_of_its_departure_is_shown_at_once() -> None:
    request = pending()
    statuses = [status_shown(request)]
    key = complete(request)
    statuses += [status_shown(request)]
    change(key, status=DepartureStatus.PUBLISHED)
    statuses += [status_shown(request)]
    with transaction.atomic():
        change(key, status=DepartureStatus.IN_PROGRESS)
        statuses += [status_shown(request)]
        transaction.set_rollback(True)
    statuses += [status_shown(request)]
    RequestOutcome.objects.filter(request=request).update(rescheduled_departure_id=uuid4())
    statuses += [status_shown(request)]
    RequestOutcome.objects.filter(request=request).update(rescheduled_departure_id=None)
    statuses += [status_shown(request)]
    remove(key)
    statuses += [status_shown(request)]

    assert statuses == [
        "PENDING",
        "DRAFT",
        "PUBLISHED",
        "IN_PROGRESS",
        "PUBLISHED",
        "CANCELLED",
        "PUBLISHED",
        "CANCELLED",
    ]
