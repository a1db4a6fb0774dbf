"""The hard-rule check of a write."""

from datetime import timedelta
from uuid import uuid4

import pytest

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import GuideAdjustments, Role
from scheduling.domain.facts import Location
from scheduling.errors import HardRuleViolated
from scheduling.rules import Rule
from tests.factories import (
    DISPATCHER,
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TripFactory,
    at,
    facts_of,
    lead,
)
from tests.scheduling.daily_schedules.edits import NEXT_DAY, putting, stored
from tests.scheduling.writes import put


@pytest.mark.django_db
def test_a_guide_already_on_another_departure_is_refused_across_dates() -> None:
    guide, trip = GuideFactory(), TripFactory()
    facts = facts_of(guides=[guide], trips=[trip], days=[TOMORROW, TOMORROW + timedelta(days=1)])
    overnight = {"trip_id": trip.id, "starts_at": at(20), "ends_at": at(4, day=TOMORROW + timedelta(days=1))}
    write_daily_schedules([TOMORROW], putting(uuid4(), team=[lead(guide)], **overnight), author=DISPATCHER, facts=facts)

    next_day = TOMORROW + timedelta(days=1)
    early = DepartureFactory(
        trip_id=trip.id, team=[lead(guide)], starts_at=at(9, day=next_day), ends_at=at(11, day=next_day)
    )
    with pytest.raises(HardRuleViolated) as refused:
        write_daily_schedules(
            [next_day],
            lambda drafts: drafts[next_day].document.departures.update({uuid4(): early}),
            author=DISPATCHER,
            facts=facts,
        )

    assert [v.rule for v in refused.value.violations] == [Rule.REST]


@pytest.mark.django_db
def test_a_team_without_a_lead_is_refused() -> None:
    guide, trip = GuideFactory(), TripFactory()
    assistant = lead(guide).model_copy(update={"role": Role.ASSISTANT})

    with pytest.raises(HardRuleViolated, match="exactly one lead"):
        write_daily_schedules(
            [TOMORROW],
            putting(uuid4(), trip_id=trip.id, team=[assistant]),
            author=DISPATCHER,
            facts=facts_of(guides=[guide], trips=[trip]),
        )


@pytest.mark.django_db
def test_what_was_broken_before_does_not_forbid_an_unrelated_change() -> None:
    guide, trip, departure = GuideFactory(is_active=False, status="ON_LEAVE"), TripFactory(), uuid4()
    staffed = {"trip_id": trip.id, "team": [lead(guide)]}
    write_daily_schedules([TOMORROW], putting(departure, **staffed), author=DISPATCHER)

    facts = facts_of(guides=[guide], trips=[trip])
    write_daily_schedules([TOMORROW], putting(departure, capacity=9, **staffed), author=DISPATCHER, facts=facts)

    assert stored().document.departures[departure].capacity == 9


@pytest.mark.django_db
def test_a_base_camp_full_of_yesterdays_trip_takes_nobody_today() -> None:
    guide, trip = GuideFactory(), TripFactory()
    camp = Location(uuid4(), REGION_ID, 10)
    at_camp = {"trip_id": trip.id, "location_id": camp.id, "team": [lead(guide)]}
    over_night = DepartureFactory(
        location_id=camp.id, team=[lead(GuideFactory())], participants=3, ends_at=at(10, day=NEXT_DAY)
    )
    put({uuid4(): over_night})
    facts = facts_of(guides=[guide], trips=[trip], days=[NEXT_DAY], base_camp=camp)

    def join(hour: int) -> None:
        joining = DepartureFactory(starts_at=at(hour, day=NEXT_DAY), ends_at=at(12, day=NEXT_DAY), **at_camp)
        write_daily_schedules(
            [NEXT_DAY],
            lambda drafts: drafts[NEXT_DAY].document.departures.update({uuid4(): joining}),
            author=DISPATCHER,
            facts=facts,
        )

    with pytest.raises(HardRuleViolated) as refused:
        join(9)
    assert [violation.rule for violation in refused.value.violations] == [Rule.LOCATION_CAPACITY]
    join(10)


@pytest.mark.django_db
def test_time_off_on_the_second_day_of_a_trip_counts() -> None:
    guide, trip = GuideFactory(), TripFactory()
    owner = Author(AuthorKind.GUIDE_MANAGEMENT, "svc-guide-management")
    leave = {"from": str(NEXT_DAY), "to": str(NEXT_DAY), "reason": "training"}
    entry = GuideAdjustments.model_validate({"availability_exceptions": [leave]})
    write_daily_schedules(
        [NEXT_DAY],
        lambda drafts: drafts[NEXT_DAY].document.guide_adjustments.update({guide.id: entry}),
        author=owner,
        principal="svc-guide-management",
    )

    overnight = putting(uuid4(), trip_id=trip.id, team=[lead(guide)], ends_at=at(12, day=NEXT_DAY))
    with pytest.raises(HardRuleViolated, match="away until"):
        write_daily_schedules(
            [TOMORROW],
            overnight,
            author=DISPATCHER,
            facts=facts_of(guides=[guide], trips=[trip], days=[TOMORROW, NEXT_DAY]),
        )
