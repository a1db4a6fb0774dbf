"""A client that writes gets the daily schedule as it is then, or only its revision where it prefers that."""

from uuid import uuid4

import pytest
from django.test import Client

from scheduling.models import DailySchedule
from tests.factories import TOMORROW, DepartureFactory
from tests.scheduling.writes import put, stored
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

SCHEDULES = "/scheduling/v1/daily-schedules"


@pytest.mark.parametrize("prefer", ["return=minimal", 'respond-async, Return="minimal"; x=1'])
def test_who_prefers_no_answer_to_a_write_gets_its_revision_alone(client: Client, prefer: str) -> None:
    key = uuid4()
    put({key: DepartureFactory()})
    path, body = f"{SCHEDULES}/{TOMORROW}", {"assignments": {"departures": {f"{key}": {"capacity": 50}}}}
    headers = bearer() | {"Prefer": prefer}

    patched = client.patch(path, body, content_type="application/json", headers=headers)
    published = client.post(f"{path}/publish", {}, content_type="application/json", headers=headers)

    assert [answer.status_code for answer in (patched, published)] == [204, 204]
    assert (patched.content, patched.headers["Preference-Applied"]) == (b"", "return=minimal")
    assert patched.headers["ETag"] == f'"{DailySchedule.objects.get().rev}"'
    assert stored()[key].capacity == 50
