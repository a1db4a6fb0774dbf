from datetime import date, timedelta

import pytest

from optimization.days.clusters import clusters_of
from optimization.days.services import optimize_day, take_planning_snapshot
from scheduling.daily_schedules.authors import Author, AuthorKind
from tests.siblings import SimulatedSiblings


@pytest.fixture
def day(siblings: SimulatedSiblings) -> date:
    """Tomorrow, planned for one cluster of regions."""
    tomorrow = siblings.today + timedelta(days=1)
    snapshot = take_planning_snapshot(tomorrow, None)
    optimize_day(tomorrow, clusters_of(snapshot)[0], author=Author(AuthorKind.OPTIMIZATION, "optimizer"))
    return tomorrow
