"""Random interleavings of everybody who writes a daily schedule, on connections of their own.

No update is lost, `_rev` counts the writes, the history leads to the present document, what guides entered
is what they entered last, and a stale revision is refused.
"""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, ClassVar

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.scheduling.interleavings.drawn import first_plans, operations, plans, races
from tests.scheduling.interleavings.journal import check_all, check_step
from tests.scheduling.interleavings.lanes import Lanes, open_lanes
from tests.scheduling.interleavings.operations import Merge, Operation
from tests.scheduling.interleavings.scene import Scene
from tests.scheduling.interleavings.world import day_of, facts_on, new_departure
from tests.thoroughness import is_thorough

SHARDS, STEPS = 5 if is_thorough() else 3, 7
AT_ONCE = 4
# How many examples a shard tries is the profile's: 100, or those of `--hypothesis-profile=thorough`.
A_STEP = settings(
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


class Interleavings(RuleBasedStateMachine):
    """Each example has a date of its own, so that nothing has to be cleared away."""

    lanes: ClassVar[Lanes]
    _examples = count()

    def __init__(self) -> None:
        super().__init__()
        day = day_of(next(self._examples))
        self.scene = Scene(day, facts_on(day))
        self.story: list[str] = []

    @initialize(regions=first_plans)
    def regions_are_planned_for_the_first_time(self, regions: list[list[int]]) -> None:
        """Two of them at once, sometimes: one gives birth to the row, the other meets it and tries again."""
        day = self.scene.day
        for numbers in regions:
            self.scene.plans.append(self.scene.plan({number: new_departure(day, number) for number in numbers}))
        self._make([Merge(plans_ago) for plans_ago in range(len(regions))])

    @rule(changes=plans)
    def an_optimizer_makes_a_plan(self, changes: Mapping[int, Mapping[str, Any]]) -> None:
        self.scene.plans.append(self.scene.plan(changes))

    @rule(operation=operations)
    def one_writes(self, operation: Operation) -> None:
        self._make([operation])

    @rule(operations=races(AT_ONCE))
    def several_write_at_once(self, operations: list[Operation]) -> None:
        self._make(operations)

    def teardown(self) -> None:
        if self.scene.rev:
            check_all(self.scene)

    def _make(self, operations: list[Operation]) -> None:
        attempts = [operation.begin(self.scene) for operation in operations]
        outcomes = self.lanes.make(attempts)
        self.story.append(f"{self.scene.rev}: {list(zip(operations, outcomes, strict=True))}")
        try:
            check_step(self.scene, attempts, outcomes)
        except AssertionError as error:
            # Who came first is not drawn: a failure may not come again, so what led to it is told at once.
            error.add_note("\n".join(self.story))
            raise


@pytest.fixture
def _lanes() -> Iterator[None]:
    with open_lanes(AT_ONCE) as Interleavings.lanes:
        yield


@pytest.mark.timeout(600)
@pytest.mark.no_cover
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_lanes")
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_interleaving_of_writers_loses_anything(shard: int) -> None:
    before = deadlocks()

    run_state_machine_as_test(seed(shard)(type("Shard", (Interleavings,), {})), settings=A_STEP)

    assert deadlocks() == before


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        (found,) = cursor.fetchone()
    return int(found)
