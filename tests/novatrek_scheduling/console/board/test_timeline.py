from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from novatrek_scheduling.console.board.page import read_board
from novatrek_scheduling.console.board.timeline import CANCELLED, NOBODY, timeline_of
from scheduling.domain.document import Departure, DepartureStatus
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.board.days import store_day
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


def drawn(departures: dict[UUID, Departure]) -> dict[str, list[dict[str, object]]]:
    store_day(departures)
    return timeline_of(read_board(TOMORROW, None, timezone.now(), "ana"))


def local(hour: int, zone: str) -> datetime:
    return datetime.combine(TOMORROW, datetime.min.time(), ZoneInfo(zone)) + timedelta(hours=hour)


def wall_hour(value: object) -> int:
    assert isinstance(value, int)
    return datetime.fromtimestamp(value / 1000, UTC).hour


def test_bars_of_two_zones_are_where_their_own_clocks_put_them(siblings: SimulatedSiblings) -> None:
    zones = {}
    for region_id in siblings.summary()["region_ids"]:
        zones.setdefault(siblings.get("regions", region_id)["timezone"], UUID(region_id))
    departures = {
        uuid4(): DepartureFactory(region_id=region_id, starts_at=local(9, zone), ends_at=local(12, zone))
        for zone, region_id in zones.items()
    }

    items = drawn(departures)["items"]

    assert len(items) == len(zones) > 2
    assert {(wall_hour(item["start"]), wall_hour(item["end"])) for item in items} == {(9, 12)}


def test_who_leads_together_has_a_bar_each_and_what_nobody_leads_is_on_top(siblings: SimulatedSiblings) -> None:
    ana, ben = TeamMemberFactory(guide_name="Ana"), TeamMemberFactory(guide_name="Ben", role="ASSISTANT")
    both, nobody, gone = uuid4(), uuid4(), uuid4()

    found = drawn(
        {
            both: DepartureFactory(team=[ana, ben]),
            nobody: DepartureFactory(),
            gone: DepartureFactory(status=DepartureStatus.CANCELLED),
        }
    )

    lanes = {(item["departure"], item["group"]) for item in found["items"]}
    assert lanes == {
        (str(both), str(ana.guide_id)),
        (str(both), str(ben.guide_id)),
        (str(nobody), NOBODY),
        (str(gone), CANCELLED),
    }
    assert found["groups"][0]["id"] == NOBODY


def test_rest_follows_each_departure(siblings: SimulatedSiblings) -> None:
    guide = TeamMemberFactory()
    region_id = UUID(siblings.summary()["region_ids"][0])
    zone = siblings.get("regions", str(region_id))["timezone"]
    departure = DepartureFactory(region_id=region_id, starts_at=local(6, zone), ends_at=local(9, zone), team=[guide])

    shades = drawn({uuid4(): departure})["shades"]

    [rest] = [shade for shade in shades if shade["group"] == str(guide.guide_id)]
    assert (rest["kind"], wall_hour(rest["start"]), wall_hour(rest["end"])) == ("rest", 9, 17)


def test_every_row_that_a_bar_or_shade_names_is_there(siblings: SimulatedSiblings) -> None:
    region_id = UUID(siblings.summary()["region_ids"][0])

    found = drawn({uuid4(): DepartureFactory(region_id=region_id, team=[TeamMemberFactory()])})

    rows = [group["id"] for group in found["groups"]]
    assert len(rows) == len(set(rows))
    assert {part["group"] for part in (*found["items"], *found["shades"])} <= set(rows)
