"""Whole daily schedules over the API: the stored text itself, which nobody parses to show it."""

import json
from datetime import UTC
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from django.db import connection
from django.test import Client

from scheduling.daily_schedules.drafts import unchanged
from scheduling.daily_schedules.stored_texts import MOST_SUSPECTS
from scheduling.domain.document import Announcement, DepartureStatus, Role, ScheduleDocument, TeamMember
from scheduling.domain.facts import Guide
from scheduling.models import DailySchedule
from scheduling.models.triggers import MAINTENANCE, PRINCIPAL
from scheduling.serializers.representation import represent_written
from tests.factories import TOMORROW, DepartureFactory, GuideFactory, at, lead
from tests.scheduling.whole_documents import no_whole_document_is_read
from tests.scheduling.writes import change, put, stored
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

SCHEDULES = "/scheduling/v1/daily-schedules"
ANA, BEN = GuideFactory(), GuideFactory()


def second(guide: Guide) -> TeamMember:
    return lead(guide).model_copy(update={"role": Role.ASSISTANT})


BOTH = [lead(BEN), second(ANA)]


def get(client: Client, address: object = TOMORROW, *, scopes: tuple[str, ...] = ("scheduling:read",)) -> Any:
    return client.get(f"{SCHEDULES}/{address}", headers=bearer(scopes)).json()


def store(document: Any) -> None:
    """Put a document in place of tomorrow's past all of our code."""
    put({uuid4(): DepartureFactory()})
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [PRINCIPAL, MAINTENANCE])
        cursor.execute(
            "UPDATE scheduling.daily_schedules SET _rev = _rev + 1, assignments = %s::jsonb", [json.dumps(document)]
        )
        cursor.execute("SELECT set_config(%s, '', true)", [PRINCIPAL])


DEPARTURE = ScheduleDocument(departures={UUID(int=1): DepartureFactory(team=[lead(ANA)])}).write()["departures"]
STRANGE = {
    "departures": DEPARTURE
    | {
        str(UUID(int=2)): "no departure at all",
        str(UUID(int=3)): {"team": [{"role": "CAPTAIN"}, 7], "published": None},
        "not an id": {"trip_name": 'Zürich \u2028 \U0001f6b6 "quoted" </script> \\ \n'},
    },
    "guide_adjustments": {
        str(ANA.id): {"restrictions": [None, {"until": None}], "guide_notes": "Bad knee.", "guide_preferences": [[]]},
        "nobody": 3,
    },
    "of_a_later_version": [1, 2.50, 2**70, -0.0, True, None, {"": {}}],
}


@pytest.mark.parametrize("scopes", [("scheduling:read",), ("scheduling:read", "guide-adjustments:write")])
@pytest.mark.parametrize("document", [STRANGE, {}, {"departures": {}, "guide_adjustments": {}}], ids=range(3))
def test_all_that_is_stored_is_shown_as_it_is(client: Client, document: Any, scopes: tuple[str, ...]) -> None:
    store(document)

    shown, listed = get(client, scopes=scopes), client.get(SCHEDULES, headers=bearer(scopes)).json()

    assert shown["assignments"] == document == DailySchedule.objects.get().assignments
    assert listed["daily_schedules"] == [shown]


def test_a_client_may_have_it_indented(client: Client) -> None:
    store(STRANGE)

    response = client.get(f"{SCHEDULES}/{TOMORROW}", headers=bearer() | {"Accept": "application/json; indent=2"})

    assert response.content.startswith(b'{\n  "schedule_id"')
    assert response.json()["assignments"] == STRANGE


def test_documents_are_read_as_text_alone(client: Client) -> None:
    put({uuid4(): DepartureFactory(team=[lead(ANA)]), (key := uuid4()): DepartureFactory()})
    patch = {"assignments": {"departures": {str(key): {"capacity": 9}}}}

    with no_whole_document_is_read(at_most=1):
        assert len(get(client)["assignments"]["departures"]) == 2
    with no_whole_document_is_read(at_most=2):
        client.get(SCHEDULES, headers=bearer())

    patched = client.patch(f"{SCHEDULES}/{TOMORROW}", patch, "application/merge-patch+json", headers=bearer())
    assert patched.json() == get(client)


def test_a_write_is_answered_as_it_was_also_after_the_next_one() -> None:
    put({(key := uuid4()): DepartureFactory(capacity=12, team=[lead(ANA)])})
    written = unchanged(TOMORROW)
    at_once = represent_written(written)

    change(key, capacity=9, team=[])
    later = represent_written(written)

    assert stored()[key].capacity == 9
    assert json.loads(orjson.dumps(at_once.pop("assignments"))) == later.pop("assignments")
    assert later == at_once


@pytest.mark.parametrize(
    ("fields", "differs"),
    [
        ({}, False),
        ({"team": [lead(ANA)]}, True),
        ({"team": [lead(ANA)], "status": DepartureStatus.CANCELLED}, False),
        ({"published": Announcement(guide_ids=[], starts_at=at(9).astimezone(UTC))}, False),
        ({"published": Announcement(guide_ids=[], starts_at=at(10))}, True),
        ({"published": Announcement(guide_ids=[], starts_at=at(9), ends_at=at(12))}, False),
        ({"published": Announcement(guide_ids=[], starts_at=at(9), ends_at=at(13))}, True),
        ({"published": Announcement(guide_ids=[uuid4()], starts_at=at(9)), "status": "CANCELLED"}, True),
        ({"published": Announcement(guide_ids=[], starts_at=at(9)), "status": "CANCELLED"}, False),
        ({"published": Announcement(guide_ids=[], starts_at=at(9)), "trail_id": uuid4()}, True),
        ({"published": Announcement(guide_ids=[BEN.id], starts_at=at(9)), "team": [lead(ANA)]}, True),
        (
            {"published": Announcement(guide_ids=[ANA.id, BEN.id], starts_at=at(9)), "team": [lead(BEN), lead(ANA)]},
            False,
        ),
        (
            {
                "published": Announcement(guide_ids=[ANA.id, BEN.id], lead_id=BEN.id, starts_at=at(9)),
                "team": [lead(ANA), second(BEN)],
            },
            True,
        ),
        (
            {
                "published": Announcement(guide_ids=[ANA.id], lead_id=BEN.id, starts_at=at(9)),
                "team": [second(ANA)],
            },
            False,
        ),
    ],
)
def test_unpublished_changes_are_by_the_departures_own_rule(
    client: Client, fields: dict[str, Any], differs: bool
) -> None:
    put({uuid4(): DepartureFactory(**fields), uuid4(): DepartureFactory()})

    part = client.get(SCHEDULES, {"trip_id": next(iter(stored().values())).trip_id}, headers=bearer()).json()

    assert DailySchedule.objects.get().document.has_unpublished_changes() is differs
    assert get(client)["unpublished_changes"] is differs
    assert all(differs >= schedule["unpublished_changes"] for schedule in part["daily_schedules"])


@pytest.mark.parametrize("differing", [0, 1])
def test_departures_that_differ_in_words_alone_hide_none_that_differs(client: Client, differing: int) -> None:
    announced = Announcement(guide_ids=[], starts_at=at(9).astimezone(UTC))
    in_words = {UUID(int=n): DepartureFactory(published=announced) for n in range(MOST_SUSPECTS + 1)}
    in_fact = {UUID(int=MOST_SUSPECTS + n): DepartureFactory(team=[lead(ANA)]) for n in range(1, 1 + differing)}

    put(in_words | in_fact)

    assert get(client)["unpublished_changes"] is bool(differing)
    region = next(iter(in_words.values())).region_id
    part = client.get(SCHEDULES, {"region_id": region}, headers=bearer()).json()
    assert part["daily_schedules"][0]["unpublished_changes"] is bool(differing)
