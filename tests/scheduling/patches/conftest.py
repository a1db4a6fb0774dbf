from datetime import date, timedelta

import pytest

from optimization.days.clusters import clusters_of
from optimization.days.services import optimize_day, take_planning_snapshot
from scheduling.daily_schedules.authors import Author, AuthorKind
from tests.kept_worlds import keep_world
from tests.siblings import SimulatedSiblings


@pytest.fixture
def day(db: None, siblings: SimulatedSiblings) -> date:
    """Tomorrow, planned for one cluster of regions."""
    tomorrow = siblings.today + timedelta(days=1)

    def plan() -> None:
        cluster, *_ = clusters_of(take_planning_snapshot(tomorrow, None))
        optimize_day(tomorrow, cluster, author=Author(AuthorKind.OPTIMIZATION, "optimizer"))

    keep_world(siblings, "first-cluster-tomorrow", plan=plan)
    return tomorrow
