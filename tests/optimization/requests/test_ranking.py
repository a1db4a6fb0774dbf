"""The best team of every date, its score, and its notes for the client."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from optimization.requests.date_score import Availability
from optimization.requests.query import TripQuery
from optimization.requests.ranking import RankedDate, RankedDates
from optimization.requests.recommendation import rank_dates
from optimization.requests.result import result_of
from scheduling.domain.document import Announcement, Departure, DepartureStatus, Role
from scheduling.domain.facts import CatalogDeparture, Guide, Sibling, Snapshot, Span, WeatherAlert, WeatherOutlook
from scheduling.requests.submission import Constraints
from scheduling.serializers.schedule_requests import ScheduleOptimizationResultSerializer
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TeamMemberFactory,
    TrailFactory,
    TripFactory,
    at,
    lead,
    snapshot_of,
)
from tests.scheduling.writes import put, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("siblings")]

TRIP = TripFactory(min_participants=4, max_participants=12)
NEXT_DAY = TOMORROW + timedelta(days=1)
ANA, BEN = GuideFactory(name="Ana", years_experience=9), GuideFactory(name="Ben", years_experience=1)


def snapshot_with(*guides: Guide, days: tuple[date, ...] = (TOMORROW,), **changes: Any) -> Snapshot:
    sources = {name: changes.pop(name) for name in ("trails", "base_camp") if name in changes}
    snapshot = snapshot_of(guides=guides, trips=[TRIP], days=days, **sources)
    return replace(snapshot, usual_times={TRIP.id: "08:00"}, **changes)


def rank(snapshot: Snapshot, *, preferred: frozenset[UUID] = frozenset(), **constraints: Any) -> RankedDates:
    query = TripQuery(TRIP.id, snapshot.days, Constraints(**constraints), preferred)
    return rank_dates(query, snapshot, deadline_seconds=2)


def only_date(ranked: RankedDates) -> RankedDate:
    [ranked_date] = ranked.dates
    return ranked_date


def of_trip(**fields: Any) -> Departure:
    return DepartureFactory(**{"trip_id": TRIP.id} | fields)


def test_the_better_guide_leads_and_the_date_can_be_had() -> None:
    ranked_date = only_date(rank(snapshot_with(ANA, BEN)))

    assert (ranked_date.departure.guide_ids, ranked_date.availability) == ({ANA.id}, Availability.AVAILABLE)
    assert 0 < ranked_date.score <= 100


def test_required_guides_come_along_and_excluded_ones_do_not() -> None:
    assert only_date(rank(snapshot_with(ANA, BEN), required_guide_ids=(BEN.id,))).departure.guide_ids == {BEN.id}
    assert only_date(rank(snapshot_with(ANA, BEN), excluded_guide_ids=(ANA.id,))).departure.guide_ids == {BEN.id}


def test_a_required_guide_comes_instead_of_a_drafted_one_and_not_in_addition() -> None:
    put({uuid4(): of_trip(participants=2, team=[lead(ANA)])})

    ranked_date = only_date(rank(snapshot_with(ANA, BEN), required_guide_ids=(BEN.id,)))

    assert [(m.guide_id, m.role) for m in ranked_date.departure.team] == [(BEN.id, Role.LEAD)]
    assert ranked_date.is_bookable


@pytest.mark.parametrize("reason_to_stay", ["announced", "pinned"])
def test_no_second_guide_comes_where_the_one_who_stays_is_enough(reason_to_stay: str) -> None:
    ana = lead(ANA).model_copy(update={"pinned": reason_to_stay == "pinned"})
    planned = of_trip(participants=2, team=[ana])
    if reason_to_stay == "announced":
        announced = Announcement(guide_ids=[ANA.id], starts_at=planned.starts_at)
        planned = planned.model_copy(update={"status": DepartureStatus.PUBLISHED, "published": announced})
    put({uuid4(): planned})

    ranked_date = only_date(rank(snapshot_with(ANA, BEN), required_guide_ids=(BEN.id,)))

    assert ranked_date.availability is Availability.UNAVAILABLE
    assert ranked_date.notes == "Ana will lead it already, which is enough for 6 guests."


def test_a_required_guide_joins_the_announced_one_where_it_takes_two() -> None:
    announced = Announcement(guide_ids=[BEN.id], starts_at=at(9))
    put({uuid4(): of_trip(participants=8, team=[lead(BEN)], status=DepartureStatus.PUBLISHED, published=announced)})

    ranked_date = only_date(rank(snapshot_with(ANA, BEN), required_guide_ids=(ANA.id,)))

    assert (ranked_date.option.guests, ranked_date.departure.guide_ids) == (12, {ANA.id, BEN.id})


def test_a_date_without_a_trail_is_warned_of_with_each_trail_that_cannot_be_used() -> None:
    closed, small = TrailFactory(status="CLOSED"), TrailFactory(max_group_size=2)

    result = result_of(rank(snapshot_with(ANA, trails=[closed, small])))

    warnings = {warning["affected_resource_id"]: warning for warning in result["conflict_warnings"]}
    assert warnings.keys() == {str(closed.id), str(small.id)}
    assert {(w["type"], w["severity"], w["affected_date"]) for w in warnings.values()} == {
        ("TRAIL_CLOSED", "HIGH", str(TOMORROW))
    }
    assert warnings[str(closed.id)]["message"] == f"{closed.name} is closed."
    assert warnings[str(small.id)]["message"] == f"{small.name} takes groups of 2, this one has 4."


def test_a_preferred_guide_leads_although_another_suits_better() -> None:
    preferred = only_date(rank(snapshot_with(ANA, BEN), preferred=frozenset({BEN.id})))

    assert preferred.departure.guide_ids == {BEN.id}


def test_without_a_preferred_guide_another_leads_at_a_lower_rank() -> None:
    both = snapshot_with(ANA, BEN, days=(TOMORROW, NEXT_DAY))
    without_ben = replace(both, available={TOMORROW: frozenset({ANA.id}), NEXT_DAY: frozenset({ANA.id, BEN.id})})

    dates = rank(without_ben, preferred=frozenset({BEN.id})).dates

    assert [(ranked.option.day, ranked.departure.guide_ids) for ranked in dates] == [
        (NEXT_DAY, {BEN.id}),
        (TOMORROW, {ANA.id}),
    ]
    assert [ranked.option.day for ranked in rank(without_ben).dates] == [TOMORROW, NEXT_DAY]


def test_two_preferred_guides_come_before_the_one_who_would_be_enough() -> None:
    small = [GuideFactory(max_group_size=2) for _ in range(2)]

    ranked_date = only_date(rank(snapshot_with(ANA, *small), preferred=frozenset(guide.id for guide in small)))

    assert ranked_date.departure.guide_ids == {guide.id for guide in small}


def test_a_preference_takes_nobody_off_a_planned_team() -> None:
    put({uuid4(): of_trip(participants=2, team=[lead(ANA)])})

    assert only_date(rank(snapshot_with(ANA, BEN), preferred=frozenset({BEN.id}))).departure.guide_ids == {ANA.id}


def test_a_required_guide_who_is_not_there_makes_the_date_unavailable() -> None:
    ranked_date = only_date(rank(snapshot_with(ANA), required_guide_ids=(BEN.id,)))

    assert ranked_date.availability is Availability.UNAVAILABLE
    assert result_of(rank(snapshot_with(ANA), required_guide_ids=(BEN.id,)))["guide_assignments"] == []


def test_a_team_that_is_published_stays_with_its_lead_and_its_pins() -> None:
    key = uuid4()
    team = [lead(BEN), TeamMemberFactory(guide_id=ANA.id, role=Role.ASSISTANT, pinned=True)]
    put({key: of_trip(status=DepartureStatus.PUBLISHED, team=team)})

    ranked_date = only_date(rank(snapshot_with(ANA, BEN, GuideFactory(years_experience=10))))

    assert (ranked_date.option.departure_id, ranked_date.departure.team) == (key, team)


def test_a_team_too_small_for_the_group_gets_somebody_more() -> None:
    put({uuid4(): of_trip(participants=8, team=[lead(BEN)])})

    ranked_date = only_date(rank(snapshot_with(ANA, BEN)))

    assert ranked_date.option.guests == 12
    assert [(m.guide_id, m.role) for m in ranked_date.departure.team] == [(BEN.id, Role.LEAD), (ANA.id, Role.ASSISTANT)]


def test_dates_come_best_first_and_all_of_them() -> None:
    stormy = {(REGION_ID, TOMORROW): WeatherOutlook.STORM_WARNING, (REGION_ID, NEXT_DAY): WeatherOutlook.CLEAR}
    ranked = rank(snapshot_with(ANA, days=(TOMORROW, NEXT_DAY), outlooks=stormy))

    assert [day.option.day for day in ranked.dates] == [NEXT_DAY, TOMORROW]
    assert ranked.best is ranked.dates[0]
    assert [day.availability for day in ranked.dates] == [Availability.AVAILABLE, Availability.UNAVAILABLE]


def test_better_weather_and_better_ground_score_higher() -> None:
    def score(outlook: WeatherOutlook, surface: str) -> float:
        facts = {"outlooks": {(REGION_ID, TOMORROW): outlook}, "trails": [TrailFactory(surface=surface)]}
        return only_date(rank(snapshot_with(ANA, **facts))).score

    best = score(WeatherOutlook.CLEAR, "DRY")
    assert best > score(WeatherOutlook.CLEAR, "MUDDY")
    assert best > score(WeatherOutlook.RAIN_LIKELY, "DRY")


def test_ground_that_is_not_known_is_not_taken_for_the_best() -> None:
    silent = {Sibling.TRAIL_MANAGEMENT: "did not ranked"}
    of_known_trail = only_date(rank(snapshot_with(ANA, trails=[TrailFactory(surface="DRY")])))

    assert only_date(rank(snapshot_with(ANA, unknown=silent))).score < of_known_trail.score


def test_little_headroom_makes_a_date_limited() -> None:
    def availability(booked: int) -> Availability:
        put({KEY: of_trip(participants=booked, capacity=20)})
        return only_date(rank(snapshot_with(ANA, BEN))).availability

    assert (availability(12), availability(13)) == (Availability.AVAILABLE, Availability.LIMITED)


KEY = uuid4()


def test_a_team_that_awaits_approval_makes_a_date_limited_and_the_silent_sibling_is_named() -> None:
    silent = {Sibling.WEATHER: "svc-weather did not ranked; not known: the weather."}
    ranked = rank(snapshot_with(ANA, unknown=silent))

    result = result_of(ranked)
    assert only_date(ranked).availability is Availability.LIMITED
    assert [entry["assignment_status"] for entry in result["guide_assignments"]] == ["PENDING_APPROVAL"]
    [warning] = result["conflict_warnings"]
    assert (warning["type"], warning["severity"], warning["source_service"]) == ("WEATHER_ALERT", "LOW", "svc-weather")
    assert result["weather_summary"]["forecast_confidence"] == 0


def test_a_date_waits_for_the_resolution_that_would_free_it() -> None:
    next_day = TOMORROW + timedelta(days=1)
    listed = CatalogDeparture(uuid4(), TRIP.id, next_day, "12:00", 12, 4, is_cancelled=False)
    put({uuid4(): DepartureFactory(team=[lead(ANA)], starts_at=at(8), ends_at=at(11))})

    ranked_date = only_date(rank(snapshot_with(ANA, departures={next_day: (listed,)})))

    assert ranked_date.availability is Availability.WAITLIST
    assert ranked_date.notes == (
        "One of one guide here is on another departure; possible with one more guide who holds wilderness first aid "
        "and may lead 4. To reschedule the trip would free it: a start at 12:00."
    )


def test_a_date_says_who_would_lead_it_and_who_else_could() -> None:
    assert "led by Ana (score 0.54, best other Ben 0.47)" in only_date(rank(snapshot_with(ANA, BEN))).notes


def test_a_busy_guide_who_would_not_do_either_makes_no_waitlist() -> None:
    put({uuid4(): DepartureFactory(team=[lead(ANA)], starts_at=at(8), ends_at=at(11))})

    assert only_date(rank(snapshot_with(ANA), min_group_size=11)).availability is Availability.UNAVAILABLE
    assert only_date(rank(snapshot_with(ANA), required_guide_ids=(BEN.id,))).availability is Availability.UNAVAILABLE


def test_a_guide_on_the_departure_the_night_before_has_their_rest() -> None:
    tonight = TOMORROW - timedelta(days=1)
    put({uuid4(): DepartureFactory(team=[lead(ANA)], starts_at=at(20, day=tonight), ends_at=at(0, 1))}, tonight)

    assert only_date(rank(snapshot_with(ANA, BEN))).departure.guide_ids == {BEN.id}


def test_a_trip_of_several_days_meets_the_plans_of_its_last_one() -> None:
    long_trip = replace(TRIP, duration=timedelta(days=1, hours=4))
    put(
        {uuid4(): DepartureFactory(team=[lead(ANA)], starts_at=at(11, day=NEXT_DAY), ends_at=at(13, day=NEXT_DAY))},
        NEXT_DAY,
    )
    snapshot = replace(snapshot_with(ANA, BEN), trips={TRIP.id: long_trip})
    available = {day: frozenset({ANA.id, BEN.id}) for day in (TOMORROW, NEXT_DAY)}

    ranked_date = only_date(rank(replace(snapshot, available=available)))

    assert ranked_date.departure.guide_ids == {BEN.id}


def test_an_answer_writes_nothing() -> None:
    key = uuid4()
    put({key: of_trip()})
    before = stored()[key]

    rank(snapshot_with(ANA))

    assert stored()[key] == before


def nothing_is_null(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(nothing_is_null, value.values()))
    return all(map(nothing_is_null, value)) if isinstance(value, list) else value is not None


def test_a_result_is_what_the_contract_says() -> None:
    ranked = rank(snapshot_with(ANA, days=(TOMORROW, NEXT_DAY), outlooks={(REGION_ID, TOMORROW): WeatherOutlook.CLEAR}))

    result = result_of(ranked)

    assert nothing_is_null(result)
    assert ScheduleOptimizationResultSerializer(result).data == result
    assert [entry["assignment_status"] for entry in result["guide_assignments"]] == ["TENTATIVE", "TENTATIVE"]
    assert result["recommended_dates"][0]["weather_outlook"] == "CLEAR"
    assert "weather_outlook" not in result["recommended_dates"][1]
    assert result["optimization_score"] == result["recommended_dates"][0]["score"]


def test_a_result_with_fewer_dates_speaks_of_those_alone() -> None:
    alerts = {REGION_ID: tuple(alert(day) for day in (TOMORROW, NEXT_DAY))}
    ranked = rank(snapshot_with(ANA, days=(TOMORROW, NEXT_DAY), alerts=alerts))

    result = result_of(ranked, max_results=1)

    assert [entry["date"] for entry in result["guide_assignments"]] == [str(TOMORROW)]
    assert [warning["affected_date"] for warning in result["conflict_warnings"]] == [str(TOMORROW)]


def alert(day: date) -> WeatherAlert:
    span = Span(at(0, day=day), at(23, day=day))
    return WeatherAlert(uuid4(), REGION_ID, "WATCH", "Wind", span, frozenset(), True)
