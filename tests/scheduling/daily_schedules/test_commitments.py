"""The commitments that a write stores."""

from collections.abc import Mapping
from datetime import date
from uuid import uuid4

import pytest

from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import DepartureStatus
from scheduling.models import GuideCommitment
from scheduling.publication.services import publish_departures
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory, GuideFactory, lead
from tests.scheduling.daily_schedules.edits import NEXT_DAY, putting
from tests.scheduling.writes import change, put


@pytest.mark.django_db
def test_commitments_follow_the_team() -> None:
    first, second, departure = GuideFactory(), GuideFactory(), uuid4()
    write_daily_schedules([TOMORROW], putting(departure, team=[lead(first)]), author=DISPATCHER)

    write_daily_schedules([TOMORROW], putting(departure, team=[lead(second)]), author=DISPATCHER)

    assert list(GuideCommitment.objects.values_list("guide_id", flat=True)) == [second.id]


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "target"), [(TOMORROW, NEXT_DAY), (NEXT_DAY, TOMORROW)])
def test_a_departure_that_moves_to_another_date_takes_its_commitments_along(origin: date, target: date) -> None:
    guide, key = GuideFactory(), uuid4()
    put({key: DepartureFactory(team=[lead(guide)])}, origin)

    def move(drafts: Mapping[date, Draft]) -> None:
        drafts[target].document.departures[key] = drafts[origin].document.departures.pop(key)

    write_daily_schedules([origin, target], move, author=DISPATCHER)

    held = GuideCommitment.objects.values_list("guide_id", "departure_id", "schedule_date")
    assert list(held) == [(guide.id, key, target)]


@pytest.mark.django_db
def test_a_cancelled_departure_commits_nobody() -> None:
    guide, key = GuideFactory(), uuid4()
    put({key: DepartureFactory(team=[lead(guide)])})

    change(key, status=DepartureStatus.CANCELLED)

    assert not GuideCommitment.objects.exists()


@pytest.mark.django_db
def test_commitments_stay_as_they_are_where_only_the_announcement_changes() -> None:
    first, second = uuid4(), uuid4()
    put({key: DepartureFactory(team=[lead(GuideFactory())]) for key in (first, second)})
    before = set(GuideCommitment.objects.values_list())

    publish_departures(TOMORROW, author=DISPATCHER, by_machine=False, override_warnings=True)

    assert set(GuideCommitment.objects.values_list()) == before


@pytest.mark.django_db
def test_a_reinstated_departure_commits_its_guides_again() -> None:
    guide, key = GuideFactory(), uuid4()
    put({key: DepartureFactory(team=[lead(guide)], status=DepartureStatus.CANCELLED)})

    change(key, status=DepartureStatus.DRAFT)

    assert list(GuideCommitment.objects.values_list("guide_id", flat=True)) == [guide.id]
