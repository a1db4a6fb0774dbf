"""What the page carries of the timeline: all of it, and no id twice."""

from base64 import urlsafe_b64encode
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from novatrek_scheduling.console.board.packing import packed
from novatrek_scheduling.console.board.page import read_board
from novatrek_scheduling.console.board.timeline import timeline_of
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.board.days import store_day
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


def short(key: UUID) -> str:
    return urlsafe_b64encode(key.bytes).decode().rstrip("=")


def test_the_page_has_each_id_of_a_departure_and_of_its_guide_once(siblings: SimulatedSiblings) -> None:
    region_id, key, guide = UUID(siblings.summary()["region_ids"][0]), uuid4(), TeamMemberFactory()
    store_day({key: DepartureFactory(region_id=region_id, team=[guide]), uuid4(): DepartureFactory(team=[])})

    timeline = timeline_of(read_board(TOMORROW, None, timezone.now(), "ana"))
    sent = packed(timeline)

    assert str(sent).count(short(key)) == str(sent).count(short(guide.guide_id)) == 1
    assert str(key) not in str(sent)
    assert str(guide.guide_id) not in str(sent)
    for name in ("groups", "items", "shades"):
        assert {len(column) for column in sent[name].values()} == {len(timeline[name])}
    place = sent["items"]["departure"].index(short(key))
    assert sent["groups"]["id"][sent["items"]["group"][place]] == short(guide.guide_id)
    assert sent["items"]["start"][place] * 60_000 + sent["begins"] == timeline["items"][place]["start"]
