"""The hard rules between a guide and a departure: the fact that breaks each, and the closest one that does not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from scheduling.domain.document import GuideAdjustments
from scheduling.domain.facts import Certificate, Difficulty, Span
from scheduling.domain.limits import REST
from scheduling.rules import Commitment, HazardFact, Rule, capacity_of
from tests.factories import TOMORROW, TeamMemberFactory, at, lead
from tests.scheduling.rules.worlds import (
    FACTS,
    GUIDE,
    KEY,
    LOS_ANGELES,
    NEXT_DAY,
    TRIP,
    away,
    broken,
    elsewhere,
    knowing,
    led,
    out,
    restricted,
    with_guide,
    with_trail,
)


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
        (Certificate("WILDERNESS_FIRST_AID", True, None, issued_on=TOMORROW), []),
        (Certificate("WILDERNESS_FIRST_AID", True, None, issued_on=NEXT_DAY), [Rule.CERTIFICATION]),
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


def test_certificates_have_to_hold_from_the_first_day_of_a_trip_of_several() -> None:
    facts = knowing(certificates={GUIDE.id: (Certificate("WILDERNESS_FIRST_AID", True, None, issued_on=NEXT_DAY),)})

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


def test_the_departure_itself_is_no_commitment_against_it() -> None:
    own = (Commitment(GUIDE.id, KEY, TOMORROW, Span(at(8), at(11))),)

    assert broken(led(), commitments=own) == []


def test_a_limit_of_the_group_that_is_over_limits_nothing() -> None:
    until = (TOMORROW - timedelta(days=1)).isoformat()

    assert capacity_of(GUIDE, restricted("MAX_GROUP_SIZE", 2, until=until), TOMORROW) == GUIDE.max_group_size
    assert capacity_of(GUIDE, restricted("MAX_GROUP_SIZE", 2, until=TOMORROW.isoformat()), TOMORROW) == 2


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


def test_rest_is_real_time_on_a_night_on_which_clocks_skip_an_hour() -> None:
    zone = ZoneInfo("America/Denver")
    evening = Span(datetime(2027, 3, 13, 18, tzinfo=zone), datetime(2027, 3, 13, 22, tzinfo=zone))
    early, late = (datetime(2027, 3, 14, hour, tzinfo=zone) for hour in (6, 7))

    wide = evening.widened(REST)

    assert wide.overlaps(Span(early, early + timedelta(hours=4)))
    assert not wide.overlaps(Span(late, late + timedelta(hours=4)))
