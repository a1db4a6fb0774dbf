"""Who pinned a guide, by the history."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import pytest

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Departure
from scheduling.history.pins import pins_of
from scheduling.models import ScheduleRevision
from tests.factories import TOMORROW, at
from tests.scheduling.history.restores import ANA, BEN, FIRST, SECOND, departure
from tests.scheduling.writes import put, stored

pytestmark = pytest.mark.django_db


def pin(*names: str, by: str, key: UUID = FIRST, day: date = TOMORROW) -> None:
    """Have exactly these of the team be pinned."""

    def edit(drafts: Mapping[date, Draft]) -> None:
        for member in drafts[day].document.departures[key].team:
            member.pinned = member.guide_name in names

    write_daily_schedules([day], edit, author=Author(AuthorKind.DISPATCHER, by))


def pinned_by(departures: Mapping[UUID, Departure] | None = None) -> dict[UUID, dict[UUID, str]]:
    found = pins_of(stored() if departures is None else departures)
    return {key: {guide: pin.by for guide, pin in pins.items()} for key, pins in found.items()}


@pytest.fixture(autouse=True)
def planned() -> None:
    put({FIRST: departure(ANA, BEN), SECOND: departure(ANA)})


def test_of_two_pins_of_a_team_each_has_its_author() -> None:
    pin(ANA.name, by="dana")
    pin(ANA.name, BEN.name, by="eva")

    assert pinned_by() == {FIRST: {ANA.id: "dana", BEN.id: "eva"}}


def test_whoever_pins_again_after_a_release_is_the_one() -> None:
    pin(ANA.name, by="dana")
    pin(by="dana")
    pin(ANA.name, by="eva")

    [found] = pins_of(stored()).values()
    assert found[ANA.id].by == "eva"
    assert found[ANA.id].since == ScheduleRevision.objects.latest("rev").changed_at


def test_another_change_of_the_team_leaves_the_pin_its_author() -> None:
    pin(ANA.name, by="dana")
    put({FIRST: stored()[FIRST].model_copy(update={"team": stored()[FIRST].team[:1]})})

    assert pinned_by() == {FIRST: {ANA.id: "dana"}}


def test_departures_of_several_dates_are_read_together(django_assert_num_queries: type) -> None:
    later, day = UUID(int=3), TOMORROW + timedelta(days=1)
    shifted = {"starts_at": at(9) + timedelta(days=1), "ends_at": at(12) + timedelta(days=1)}
    put({later: departure(ANA, **shifted)}, day)
    pin(ANA.name, by="dana")
    pin(ANA.name, by="eva", key=later, day=day)
    both = stored() | stored(day)

    with django_assert_num_queries(1):
        assert pinned_by(both) == {FIRST: {ANA.id: "dana"}, later: {ANA.id: "eva"}}


def test_nothing_is_read_where_nobody_is_pinned(django_assert_num_queries: type) -> None:
    departures = stored()

    with django_assert_num_queries(0):
        assert pinned_by(departures) == {}
