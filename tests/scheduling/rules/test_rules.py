"""Every hard rule by name: the fact that breaks it, and the one beside it that does not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from scheduling.domain.document import (
    AvailabilityException,
    Departure,
    DepartureStatus,
    GuideAdjustments,
    ScheduleDocument,
)
from scheduling.domain.facts import Certificate, Closure, Difficulty, Location, Span, Trail, TrailCondition
from scheduling.domain.limits import REST
from scheduling.errors import HardRuleViolated
from scheduling.rules import Commitment, Facts, HazardFact, Rule, Violation, capacity_of, condition_of, new_violations
from scheduling.rules.departures import Surroundings
from scheduling.rules.inputs import days_of
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TeamMemberFactory,
    TrailFactory,
    TripFactory,
    at,
    entered_tomorrow,
    facts_of,
    lead,
)

KEY = UUID("00000000-0000-4000-8000-000000000001")
NEXT_DAY = TOMORROW + timedelta(days=1)
GUIDE, TRIP, TRAIL = GuideFactory(), TripFactory(), TrailFactory()
FACTS = facts_of(guides=[GUIDE], trips=[TRIP], trails=[TRAIL], days=[TOMORROW, NEXT_DAY])


def led(**fields: Any) -> Departure:
    return DepartureFactory(**{"trip_id": TRIP.id, "trail_id": TRAIL.id, "team": [lead(GUIDE)]} | fields)


def violations(
    departure: Departure,
    facts: Facts = FACTS,
    *,
    before: Departure | None = None,
    adjustments: GuideAdjustments | None = None,
    commitments: tuple[Commitment, ...] = (),
    others: Mapping[UUID, Departure] | None = None,
    neighbours: tuple[Departure, ...] = (),
) -> list[Violation]:
    """What a write that makes `departure` of `before` newly breaks."""
    entered = entered_tomorrow({GUIDE.id: adjustments} if adjustments else {})
    around = Surroundings(entered, {GUIDE.id: commitments}, neighbours)
    there = dict(others or {})
    old = ScheduleDocument(departures=there | ({KEY: before} if before else {}))
    new = ScheduleDocument(departures=there | {KEY: departure})
    return new_violations(old, new, TOMORROW, [KEY], facts, around, around)


def broken(departure: Departure, facts: Facts = FACTS, **around: Any) -> list[Rule]:
    return [violation.rule for violation in violations(departure, facts, **around)]


def knowing(**changes: Any) -> Facts:
    """The facts with other ones in the snapshot."""
    return FACTS.with_snapshot(replace(FACTS.snapshot, **changes))


def with_guide(**changes: Any) -> Facts:
    return knowing(guides={GUIDE.id: replace(GUIDE, **changes)})


def with_trail(**changes: Any) -> Facts:
    return knowing(trails={TRAIL.id: replace(TRAIL, **changes)})


def elsewhere(starts_at: datetime, ends_at: datetime, day: date = TOMORROW) -> tuple[Commitment, ...]:
    return (Commitment(GUIDE.id, uuid4(), day, Span(starts_at, ends_at)),)


def restricted(kind: str, value: object = None, **more: object) -> GuideAdjustments:
    return GuideAdjustments(restrictions=[{"kind": kind, "value": value} | more])


def away(first: object, last: object) -> GuideAdjustments:
    window = AvailabilityException.model_validate({"from": first, "to": last})
    return GuideAdjustments(availability_exceptions=[window])


def test_a_departure_that_breaks_nothing_breaks_nothing() -> None:
    assert broken(led()) == []


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (Rule.NOT_ACTIVE, {"is_active": False, "status": "ON_LEAVE"}),
        (Rule.REGION, {"region_ids": ("rocky_mountains",)}),
        (Rule.ACTIVITY, {"activities": frozenset({"RAFTING"})}),
    ],
)
def test_a_guide_has_to_be_active_and_of_the_region_and_the_activity(rule: Rule, changes: dict[str, Any]) -> None:
    assert broken(led(), with_guide(**changes)) == [rule]


def test_a_guide_has_to_be_listed_as_available_on_every_day_touched() -> None:
    only_tomorrow = knowing(available={TOMORROW: frozenset({GUIDE.id}), NEXT_DAY: frozenset()})

    assert broken(led(starts_at=at(20), ends_at=at(0, day=NEXT_DAY)), only_tomorrow) == []
    assert broken(led(starts_at=at(20), ends_at=at(0, 1, day=NEXT_DAY)), only_tomorrow) == [Rule.NOT_AVAILABLE]


def test_a_guide_whom_nobody_lists_is_not_available_and_leads_nobody() -> None:
    assert set(broken(led(team=[TeamMemberFactory()]))) == {Rule.NOT_AVAILABLE, Rule.GROUP_SIZE}


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (TOMORROW.isoformat(), TOMORROW.isoformat(), [Rule.AVAILABILITY_EXCEPTION]),
        (NEXT_DAY.isoformat(), NEXT_DAY.isoformat(), []),
        (at(11).isoformat(), at(14).isoformat(), [Rule.AVAILABILITY_EXCEPTION]),
        (at(12).isoformat(), at(14).isoformat(), []),
        (at(7).isoformat(), at(9).isoformat(), []),
        (TOMORROW.isoformat(), at(9).isoformat(), []),
    ],
)
def test_a_guide_is_not_sent_into_time_off(first: str, last: str, expected: list[Rule]) -> None:
    assert broken(led(), adjustments=away(first, last)) == expected


@pytest.mark.parametrize(
    "restriction",
    [
        {"kind": "MAX_ALTITUDE_M", "value": 119},
        {"kind": "MAX_ALTITUDE_M", "value": "NaN"},
        {"kind": "NO_ACTIVITY", "value": "day hiking"},
        {"kind": "MAX_GROUP_SIZE", "value": 0},
        {"kind": "NO_GUIDING"},
        {"kind": "NO_GUIDING", "until": TOMORROW.isoformat()},
        {"kind": "NO_GUIDING", "until": "soon"},
        {"kind": "SOMETHING_NEW", "value": 1},
        "a sentence",
    ],
)
def test_a_restriction_keeps_its_guide_away_and_so_does_one_that_cannot_be_read(restriction: object) -> None:
    assert Rule.RESTRICTION in broken(led(), adjustments=GuideAdjustments(restrictions=[restriction]))


@pytest.mark.parametrize(
    "adjustments",
    [
        restricted("MAX_ALTITUDE_M", 120),
        restricted("NO_ACTIVITY", "RAFTING"),
        restricted("MAX_DIFFICULTY", "EASY"),
        restricted("MAX_GROUP_SIZE", 8),
        restricted("NO_GUIDING", until=(TOMORROW - timedelta(days=1)).isoformat()),
    ],
)
def test_a_restriction_that_is_kept_or_over_keeps_nobody_away(adjustments: GuideAdjustments) -> None:
    assert broken(led(), adjustments=adjustments) == []


def test_a_restriction_in_height_forbids_a_trail_whose_height_nobody_knows() -> None:
    assert broken(led(), with_trail(elevation_gain_m=None), adjustments=restricted("MAX_ALTITUDE_M", 500)) == [
        Rule.RESTRICTION
    ]


def test_a_restriction_in_difficulty_looks_at_the_trip_and_at_the_trail() -> None:
    easy = restricted("MAX_DIFFICULTY", "EASY")

    assert broken(led(), with_trail(difficulty=Difficulty.MODERATE), adjustments=easy) == [Rule.RESTRICTION]
    assert Rule.RESTRICTION not in broken(led(trail_id=None), adjustments=easy)


def test_where_the_region_has_trails_for_the_activity_a_departure_needs_one() -> None:
    assert broken(led(trail_id=None)) == [Rule.TRAIL_CLOSED]
    assert broken(led()) == []


def test_a_guide_held_by_an_emergency_leads_nothing_meanwhile() -> None:
    held = HazardFact(uuid4(), "lost hiker", Span(at(8), at(9, 1)), guide_ids=frozenset({GUIDE.id}))
    over = replace(held, span=Span(at(8), at(9)))

    assert broken(led(), replace(FACTS, hazards=(held,))) == [Rule.HELD_BY_EMERGENCY]
    assert broken(led(), replace(FACTS, hazards=(over,))) == []


@pytest.mark.parametrize(
    ("certificate", "expected"),
    [
        (Certificate("WILDERNESS_FIRST_AID", True, TOMORROW), []),
        (Certificate("WILDERNESS_FIRST_AID", True, TOMORROW - timedelta(days=1)), [Rule.CERTIFICATION]),
        (Certificate("WILDERNESS_FIRST_AID", False, None), [Rule.CERTIFICATION]),
        (Certificate("WILDERNESS_FIRST_RESPONDER", True, None), []),
        (Certificate("CPR", True, None), [Rule.CERTIFICATION]),
    ],
)
def test_certificates_have_to_hold_on_the_day(certificate: Certificate, expected: list[Rule]) -> None:
    assert broken(led(), knowing(certificates={GUIDE.id: (certificate,)})) == expected


def test_certificates_have_to_hold_on_the_last_day_of_a_trip_of_several() -> None:
    until_tomorrow = (Certificate("WILDERNESS_FIRST_AID", True, TOMORROW),)
    facts = knowing(certificates={GUIDE.id: until_tomorrow})

    assert broken(led(ends_at=at(12, day=NEXT_DAY)), facts) == [Rule.CERTIFICATION]


def test_where_certificates_were_not_told_the_guides_own_list_counts() -> None:
    assert broken(led(), knowing(certificates={})) == []


def test_without_the_trip_nobody_knows_what_it_requires() -> None:
    assert broken(led(), knowing(trips={})) == [Rule.CERTIFICATION]


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "expected"),
    [
        (at(12, 30), at(14), []),
        (at(12, 29), at(14), [Rule.OVERLAP]),
        (at(7), at(8, 30), []),
        (at(7), at(8, 31), [Rule.OVERLAP]),
        (at(10), at(11), [Rule.OVERLAP]),
    ],
)
def test_half_an_hour_lies_between_two_departures_of_a_day(
    starts_at: datetime, ends_at: datetime, expected: list[Rule]
) -> None:
    assert broken(led(), commitments=elsewhere(starts_at, ends_at)) == expected


def test_eight_hours_of_rest_lie_between_two_days() -> None:
    late = led(starts_at=at(18), ends_at=at(22))
    early = NEXT_DAY

    assert broken(late, commitments=elsewhere(at(6, day=early), at(8, day=early), early)) == []
    assert broken(late, commitments=elsewhere(at(5, 59, day=early), at(8, day=early), early)) == [Rule.REST]
    assert broken(late, commitments=elsewhere(at(22, 29), at(23), early)) == [Rule.OVERLAP]


def test_rest_is_kept_after_a_trip_over_midnight_and_across_regions() -> None:
    yesterday = TOMORROW - timedelta(days=1)
    tokyo = timedelta(hours=9)
    until_one = elsewhere(at(18, day=yesterday), at(1) + timedelta(minutes=1), yesterday)
    in_tokyo = (replace(until_one[0], span=Span(at(20, day=yesterday), at(10).replace(tzinfo=ZoneInfo("Asia/Tokyo")))),)

    assert broken(led(), commitments=until_one) == [Rule.REST]
    assert in_tokyo[0].span.ends_at == at(10) - tokyo
    assert broken(led(), commitments=in_tokyo) == []


def test_of_very_many_clashes_of_one_departure_the_first_are_named() -> None:
    crowded = tuple(commitment for _ in range(200) for commitment in elsewhere(at(9), at(12)))

    assert broken(led(), commitments=crowded) == [Rule.OVERLAP] * 20


def test_a_clash_beyond_those_that_were_there_before_is_found() -> None:
    crowded = tuple(commitment for _ in range(200) for commitment in elsewhere(at(9), at(12)))
    later = elsewhere(at(13), at(14))

    assert broken(led(ends_at=at(13)), before=led(), commitments=crowded + later) == [Rule.OVERLAP]


def test_a_person_is_told_of_the_first_hundred_violations() -> None:
    refusal = HardRuleViolated([Violation(Rule.OVERLAP, f"clash {n}", KEY) for n in range(1000)])

    assert len(refusal.problems) == 100
    assert refusal.message.endswith("clash 99; and 900 more")
    assert len(refusal.violations) == 1000


def test_the_departure_itself_is_no_commitment_against_it() -> None:
    own = (Commitment(GUIDE.id, KEY, TOMORROW, Span(at(8), at(11))),)

    assert broken(led(), commitments=own) == []


def test_a_team_covers_its_group_with_overrides_counted() -> None:
    assert broken(led(participants=10)) == []
    assert broken(led(participants=11)) == [Rule.GROUP_SIZE]
    assert broken(led(participants=11), adjustments=GuideAdjustments(max_group_size=11)) == []
    assert broken(led(participants=8), adjustments=GuideAdjustments(max_group_size=7)) == [Rule.GROUP_SIZE]
    assert broken(led(participants=8), adjustments=restricted("MAX_GROUP_SIZE", 7)) == [Rule.GROUP_SIZE]


def test_a_limit_of_the_group_that_is_over_limits_nothing() -> None:
    until = (TOMORROW - timedelta(days=1)).isoformat()

    assert capacity_of(GUIDE, restricted("MAX_GROUP_SIZE", 2, until=until), TOMORROW) == GUIDE.max_group_size
    assert capacity_of(GUIDE, restricted("MAX_GROUP_SIZE", 2, until=TOMORROW.isoformat()), TOMORROW) == 2


def test_a_team_has_one_to_three_different_guides_and_one_lead() -> None:
    others = [TeamMemberFactory(role="ASSISTANT") for _ in range(3)]

    assert Rule.TEAM_SIZE in broken(led(team=[lead(GUIDE), *others]))
    assert Rule.TEAM_SIZE not in broken(led(team=[lead(GUIDE), *others[:2]]))
    assert Rule.TEAM_SIZE in broken(led(team=[lead(GUIDE), TeamMemberFactory(guide_id=GUIDE.id, role="ASSISTANT")]))
    assert Rule.ONE_LEAD in broken(led(team=[lead(GUIDE), TeamMemberFactory()]))
    assert broken(led(team=[TeamMemberFactory(guide_id=GUIDE.id, role="ASSISTANT")])) == [Rule.ONE_LEAD]


def closure(first: date, last: date | None, *, is_severe: bool = True) -> Closure:
    return Closure(uuid4(), "rockfall", first, last, is_severe)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "CLOSED"},
        {"surface": "FLOODED"},
        {"assessment": TrailCondition.CLOSED},
        {"status": "SEASONAL_CLOSURE"},
        {"closures": (closure(TOMORROW, None),)},
    ],
)
def test_nobody_goes_on_a_closed_trail(changes: dict[str, Any]) -> None:
    assert broken(led(), with_trail(**changes)) == [Rule.TRAIL_CLOSED]


def test_a_closure_counts_on_its_days_and_where_it_is_severe() -> None:
    overnight = led(ends_at=at(12, day=NEXT_DAY))
    on_the_second_day = with_trail(closures=(closure(NEXT_DAY, NEXT_DAY),))

    assert broken(led(), on_the_second_day) == []
    assert broken(overnight, on_the_second_day) == [Rule.TRAIL_CLOSED]
    assert broken(led(), with_trail(closures=(closure(TOMORROW, TOMORROW, is_severe=False),))) == []


def test_a_season_may_go_over_new_year() -> None:
    winter = replace(TRAIL, is_year_round=False, opens_on=date(2026, 11, 15), open_until=date(2027, 3, 31))

    assert condition_of(winter, date(2027, 3, 31), "HIKING") is TrailCondition.EXCELLENT
    assert condition_of(winter, date(2027, 4, 1), "HIKING") is TrailCondition.CLOSED
    assert condition_of(winter, date(2026, 11, 14), "HIKING") is TrailCondition.CLOSED


def test_a_hazard_closes_a_trail_while_it_lasts() -> None:
    bear = HazardFact(uuid4(), "bear", Span(at(6), at(9, 1)), frozenset({TRAIL.id}), closes_trails=True)
    gone = replace(bear, span=Span(at(6), at(9)))

    assert broken(led(), replace(FACTS, hazards=(bear,))) == [Rule.TRAIL_CLOSED]
    assert broken(led(), replace(FACTS, hazards=(gone,))) == []
    assert condition_of(TRAIL, TOMORROW, "HIKING", led().span, [bear]) is TrailCondition.CLOSED
    assert condition_of(TRAIL, TOMORROW, "HIKING", led().span, [gone]) is TrailCondition.EXCELLENT


def test_a_group_is_no_larger_than_its_trail_takes() -> None:
    assert broken(led(), with_trail(max_group_size=8)) == []
    assert broken(led(), with_trail(max_group_size=7)) == [Rule.TRAIL_GROUP_SIZE]


CAMP = Location(uuid4(), REGION_ID, 20)


def test_departures_at_the_same_time_share_the_base_camp() -> None:
    facts = knowing(locations={REGION_ID: CAMP})
    there = {"location_id": CAMP.id, "team": [TeamMemberFactory()]}

    def beside(**fields: Any) -> dict[UUID, Departure]:
        return {uuid4(): DepartureFactory(**there | fields)}

    mine = led(location_id=CAMP.id)
    assert broken(mine, facts, others=beside(participants=12)) == []
    assert broken(mine, facts, others=beside(participants=13)) == [Rule.LOCATION_CAPACITY]
    assert broken(mine, facts, others=beside(participants=13, starts_at=at(12), ends_at=at(14))) == []
    assert broken(mine, facts, others=beside(participants=13, team=[])) == []
    assert broken(mine, facts, others=beside(participants=13, status=DepartureStatus.CANCELLED)) == []


def test_a_trip_of_several_days_is_at_the_base_camp_on_the_next_date_too() -> None:
    facts = knowing(locations={REGION_ID: CAMP})
    since_yesterday = DepartureFactory(
        location_id=CAMP.id, team=[TeamMemberFactory()], participants=13, starts_at=at(9, day=date.min), ends_at=at(10)
    )

    assert broken(led(location_id=CAMP.id), facts, neighbours=(since_yesterday,)) == [Rule.LOCATION_CAPACITY]


def test_what_was_broken_before_is_nothing_new_unless_it_gets_worse() -> None:
    before = led(participants=11)

    assert broken(led(participants=11, capacity=14), before=before) == []
    assert broken(led(participants=10), before=before) == []
    assert broken(led(participants=12), before=before) == [Rule.GROUP_SIZE]


def test_a_rule_broken_before_hides_no_other_one() -> None:
    on_leave = with_guide(is_active=False, status="ON_LEAVE")
    afternoon = elsewhere(at(14), at(16))

    moved = led(starts_at=at(13), ends_at=at(15))
    assert broken(moved, on_leave, before=led(), commitments=afternoon) == [Rule.OVERLAP]


def test_another_overlap_in_place_of_one_is_new() -> None:
    both = elsewhere(at(10), at(11)) + elsewhere(at(14), at(15))

    moved = led(starts_at=at(14), ends_at=at(15))
    assert broken(moved, before=led(), commitments=both) == [Rule.OVERLAP]


def test_whoever_is_under_way_is_held_to_the_rules_too() -> None:
    underway = DepartureStatus.IN_PROGRESS
    busy = elsewhere(at(10), at(11))

    assert broken(led(status=underway), before=led(status=underway, team=[]), commitments=busy) == [Rule.OVERLAP]
    assert broken(led(status=DepartureStatus.CANCELLED), commitments=busy) == []


LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def out(starts_at: datetime, ends_at: datetime) -> Departure:
    """A departure as it comes back from the document: with offsets, not with a zone."""
    written = DepartureFactory(starts_at=starts_at, ends_at=ends_at).model_dump(mode="json")
    return Departure.model_validate(written)


def test_a_trip_over_the_night_of_a_clock_change_touches_the_dates_its_clocks_show() -> None:
    spring = out(
        datetime(2027, 3, 13, 22, tzinfo=LOS_ANGELES),
        datetime(2027, 3, 15, 0, 30, tzinfo=LOS_ANGELES),
    )
    autumn = out(
        datetime(2026, 10, 31, 22, tzinfo=LOS_ANGELES),
        datetime(2026, 11, 1, 23, 30, tzinfo=LOS_ANGELES),
    )

    assert days_of(spring) == (date(2027, 3, 13), date(2027, 3, 14), date(2027, 3, 15))
    assert days_of(autumn) == (date(2026, 10, 31), date(2026, 11, 1))


def test_time_off_by_whole_days_ends_at_midnight_of_the_clocks_there() -> None:
    autumn = out(
        datetime(2026, 10, 31, 22, tzinfo=LOS_ANGELES),
        datetime(2026, 11, 1, 23, 30, tzinfo=LOS_ANGELES),
    )

    assert not away("2026-11-02", "2026-11-02").availability_exceptions[0].touches(autumn.span)
    assert away("2026-11-01", "2026-11-02").availability_exceptions[0].touches(autumn.span)


@pytest.mark.parametrize(("hours", "expected"), [(8, []), (7, [Rule.REST])])
def test_rest_is_counted_in_hours_that_pass_not_in_those_that_clocks_show(hours: int, expected: list[Rule]) -> None:
    clocks_back = datetime(2026, 11, 1, 5, tzinfo=UTC)
    facts = knowing(available={date(2026, 10, 31): frozenset({GUIDE.id})})
    evening = out(clocks_back - timedelta(hours=4), clocks_back).model_copy(
        update={"trip_id": TRIP.id, "team": [lead(GUIDE)]}
    )
    morning = elsewhere(clocks_back + timedelta(hours=hours), clocks_back + timedelta(hours=12), date(2026, 11, 1))

    assert [rule for rule in broken(evening, facts, commitments=morning) if rule is Rule.REST] == expected


def test_a_trail_that_is_not_known_breaks_no_rule_of_trails() -> None:
    unknown: dict[UUID, Trail] = {}

    assert broken(led(), knowing(trails=unknown)) == []


def test_rest_is_real_time_on_a_night_on_which_clocks_skip_an_hour() -> None:
    zone = ZoneInfo("America/Denver")
    evening = Span(datetime(2027, 3, 13, 18, tzinfo=zone), datetime(2027, 3, 13, 22, tzinfo=zone))
    early, late = (datetime(2027, 3, 14, hour, tzinfo=zone) for hour in (6, 7))

    wide = evening.widened(REST)

    assert wide.overlaps(Span(early, early + timedelta(hours=4)))
    assert not wide.overlaps(Span(late, late + timedelta(hours=4)))
