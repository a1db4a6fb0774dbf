"""Large daily schedules over the API: what a process has kept of one is what PostgreSQL would write."""

from collections.abc import Mapping
from datetime import UTC, date
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.kept_texts import LEAST_BYTES
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Announcement, DepartureStatus
from scheduling.models import DailySchedule
from scheduling.serializers.representation import represent_written
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory, GuideFactory, at, lead
from tests.scheduling.writes import put, write_in_sql
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

SCHEDULE = f"/scheduling/v1/daily-schedules/{TOMORROW}"
FIRST, SECOND = UUID(int=1), UUID(int=2)
ANA = GuideFactory()
TOLD = Announcement(guide_ids=[ANA.id], lead_id=ANA.id, starts_at=at(9).astimezone(UTC), ends_at=at(12).astimezone(UTC))


@pytest.fixture(autouse=True)
def large_date() -> None:
    put({key: DepartureFactory(capacity=8, trip_name=f'Zürich "{key}": ') for key in (FIRST, SECOND)})
    write_in_sql("{of_a_later_version}", orjson.dumps("x" * LEAST_BYTES).decode())


def patch(client: Client, key: UUID = FIRST, **fields: Any) -> Any:
    body = {"assignments": {"departures": {str(key): fields}}}
    return client.patch(SCHEDULE, body, "application/merge-patch+json", headers=bearer())


def get(client: Client) -> Any:
    return client.get(SCHEDULE, headers=bearer())


def is_as_stored(response: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT _rev, assignments::text FROM scheduling.daily_schedules")
        rev, text = cursor.fetchone()
    return response.json()["_rev"] == rev and text.encode() in response.content


def test_each_answer_is_the_text_that_is_stored_by_then(client: Client) -> None:
    assert is_as_stored(get(client))
    assert is_as_stored(patch(client, capacity=9))
    assert is_as_stored(get(client))
    assert is_as_stored(patch(client, SECOND, unassigned_reason={"code": "NO_GUIDE", "message": f'ä "{FIRST}": {{'}))
    write_in_sql(f"{{departures,{FIRST},capacity}}", "7")
    assert is_as_stored(get(client))
    assert is_as_stored(patch(client, capacity=10))


def test_of_a_write_the_departure_alone_is_written_as_text(client: Client) -> None:
    get(client)

    with CaptureQueriesContext(connection) as captured:
        answer = patch(client, capacity=9)

    assert is_as_stored(answer)
    assert [query["sql"] for query in captured if '"assignments")::text' in query["sql"]] == []


def test_what_was_rolled_back_is_shown_to_nobody_later(client: Client) -> None:
    get(client)
    with transaction.atomic():
        savepoint = transaction.savepoint()
        lost = patch(client, capacity=9).json()["_rev"]
        transaction.savepoint_rollback(savepoint)

    write_in_sql(f"{{departures,{SECOND},capacity}}", "7")

    assert DailySchedule.objects.get().rev == lost
    assert is_as_stored(get(client))


def test_whether_there_is_anything_to_publish_is_told_of_all_departures(client: Client) -> None:
    announced = {"team": [lead(ANA)], "status": DepartureStatus.PUBLISHED, "published": TOLD}
    put({key: DepartureFactory(starts_at=at(9), ends_at=at(12), **announced) for key in (FIRST, SECOND)})
    moved = TOLD.model_copy(update={"starts_at": at(8).astimezone(UTC)}).model_dump_json()

    answers = [get(client), patch(client, capacity=9)]
    write_in_sql(f"{{departures,{SECOND},published}}", moved)
    answers += [get(client), patch(client, capacity=8), patch(client, SECOND, capacity=9)]

    assert [answer.json()["unpublished_changes"] for answer in answers] == [False, False, True, True, True]


def test_publishing_the_last_one_leaves_nothing_to_publish(client: Client) -> None:
    announced = {"team": [lead(ANA)], "status": DepartureStatus.PUBLISHED}
    at_nine = DepartureFactory(starts_at=at(9), ends_at=at(12), published=TOLD, **announced)
    put({FIRST: at_nine, SECOND: at_nine.model_copy(update={"published": None})})
    assert get(client).json()["unpublished_changes"]

    def announce(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.departures[SECOND].published = TOLD

    changes = write_daily_schedules([TOMORROW], announce, author=DISPATCHER, departures=[SECOND])

    with CaptureQueriesContext(connection) as captured:
        shown = represent_written(changes[TOMORROW])
    assert not shown["unpublished_changes"]
    assert [query["sql"] for query in captured if '"assignments")::text' in query["sql"]] == []
