"""Catalog edits, guide edits, bookings, plans, resolutions and publications in any order."""

from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from events.models import DeadLetter
from tests.siblings import SimulatedSiblings
from tests.thoroughness import is_thorough
from tests.worlds.happenings import Life
from tests.worlds.invariants import check_world
from tests.worlds.small_world import DAYS, PLACES, SmallWorld, make_small

SHARDS, STORIES = (3, 40) if is_thorough() else (2, 10)
STEPS = 14
A_STORY = settings(
    max_examples=STORIES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

departures = st.integers(0, 4 * DAYS - 1)
trips, guides, trails = st.integers(0, 3), st.integers(0, 5), st.integers(0, 3)
days = st.integers(0, DAYS - 1)
catalog_changes = st.one_of(
    st.builds(lambda time: {"departure_time": time}, st.sampled_from(["06:00", "07:00", "13:00"])),
    st.builds(lambda sold: {"available_spots": PLACES - sold}, st.integers(0, PLACES)),
    st.builds(lambda total: {"total_spots": total, "available_spots": 1}, st.integers(2, 12)),
    st.builds(lambda status: {"status": status}, st.sampled_from(["OPEN", "CANCELLED", "FULL"])),
)
trip_changes = st.sampled_from(
    [{"status": "SUSPENDED"}, {"status": "ACTIVE"}, {"name": "Renamed"}, {"duration_hours": 8.0}]
)
guide_changes = st.sampled_from(
    [{"status": "ON_LEAVE"}, {"status": "ACTIVE"}, {"max_group_size": 3}, {"first_name": "Renamed"}]
)


class Worlds(RuleBasedStateMachine):
    """Each example is a story in a world of its own, which ends with it."""

    siblings: ClassVar[SimulatedSiblings]
    done: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.story: list[str] = []
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.siblings.restore()
        caches["siblings"].clear()
        self.life = Life(make_small(self.siblings), Client(), self.done)
        for day in range(DAYS):
            self.life.the_night_optimizes(day)

    @rule(number=departures, changes=catalog_changes)
    def the_catalog_changes(self, number: int, changes: dict[str, Any]) -> None:
        self._happen(self.life.catalog_changes, number, changes)

    def _off_the_catalog_moves_a_departure(self, number: int, day: int) -> None:
        moved = {"departure_date": self.life.world.days[day].isoformat()}
        self._happen(self.life.catalog_changes, number, moved)

    @rule(number=trips, changes=trip_changes)
    def a_trip_changes(self, number: int, changes: dict[str, Any]) -> None:
        self._happen(self.life.trip_changes, number, changes)

    @rule(number=guides, changes=guide_changes)
    def a_guide_changes(self, number: int, changes: dict[str, Any]) -> None:
        self._happen(self.life.guide_changes, number, changes)

    @rule(number=guides, day=days)
    def a_guide_is_sent_away(self, number: int, day: int) -> None:
        self._happen(self.life.guide_is_sent_away, number, day)

    @rule(number=guides, day=days, length=st.integers(0, 2))
    def a_guide_enters_an_absence(self, number: int, day: int, length: int) -> None:
        self._happen(self.life.guide_enters, number, day, length)

    @rule(number=trails, status=st.sampled_from(["OPEN", "CLOSED"]))
    def a_trail_changes(self, number: int, status: str) -> None:
        self._happen(self.life.trail_changes, number, status)

    @rule(trip=trips, day=days, guests=st.integers(1, 5))
    def guests_book(self, trip: int, day: int, guests: int) -> None:
        self._happen(self.life.guests_book, trip, day, guests)

    @rule(number=st.integers(0, 5))
    def guests_cancel(self, number: int) -> None:
        self._happen(self.life.guests_change, number, "CONFIRMED", "CANCELLED")

    @rule(number=st.integers(0, 5))
    def guests_are_reinstated(self, number: int) -> None:
        self._happen(self.life.guests_change, number, "CANCELLED", "CONFIRMED")

    @rule(day=days)
    def the_night_optimizes(self, day: int) -> None:
        self._happen(self.life.the_night_optimizes, day)

    @rule(day=days)
    def the_night_optimizes_again(self, day: int) -> None:
        self._happen(self.life.the_night_optimizes, day)

    @rule(day=days)
    def a_dispatcher_publishes(self, day: int) -> None:
        self._happen(self.life.a_dispatcher_publishes, day)

    @rule(number=departures)
    def a_dispatcher_cancels(self, number: int) -> None:
        self._happen(self.life.a_dispatcher_cancels, number)

    @rule(number=st.integers(0, 20), option=st.integers(0, 8))
    def a_dispatcher_resolves(self, number: int, option: int) -> None:
        self._happen(self.life.a_dispatcher_resolves, number, option)

    @rule(number=st.integers(0, 20), option=st.integers(0, 8))
    def a_dispatcher_resolves_again(self, number: int, option: int) -> None:
        self._happen(self.life.a_dispatcher_resolves, number, option)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def _happen(self, happening: Callable[..., None], *arguments: object) -> None:
        self.story.append(f"{happening.__name__}{arguments}")
        try:
            happening(*arguments)
            check_world()
            assert not DeadLetter.objects.filter(source__startswith="reservation").exists()
        except AssertionError as error:
            error.add_note("\n".join(self.story))
            raise


@pytest.fixture
def _siblings(siblings: SimulatedSiblings) -> None:
    Worlds.siblings = siblings


@pytest.mark.timeout(600)
@pytest.mark.no_cover
@pytest.mark.django_db
@pytest.mark.usefixtures("_siblings")
@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_plan_follows_the_world_in_whatever_order_it_changes(shard: int) -> None:
    Worlds.done = Counter()

    run_state_machine_as_test(seed(shard)(type("Shard", (Worlds,), {})), settings=A_STORY)

    assert min(Worlds.done[name] for name in ("planned", "published", "booked", "resolved")) > 0


def test_a_small_world_is_what_it_says(siblings: SimulatedSiblings) -> None:
    world: SmallWorld = make_small(siblings)

    counts = siblings.summary()["counts"]
    assert [counts[kind] for kind in ("regions", "trips", "trails", "guides")] == [2, 4, 4, 6]
    assert len(world.departure_ids) == 8
    assert len({siblings.get("regions", region)["timezone"] for region in world.region_ids}) == 2
