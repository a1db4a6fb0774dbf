import random
from datetime import timedelta
from uuid import uuid4

import pytest

from scheduling.domain.document import Departure, DepartureStatus
from scheduling.domain.facts import Span
from scheduling.rules.camp_load import CampLoad, CampLoads
from tests.factories import DepartureFactory, GuideFactory, at, lead

CAMP = uuid4()
TEAM = [lead(GuideFactory())]


def party(people: int, first: int, last: int, **fields: object) -> Departure:
    """A staffed departure from the camp between two quarters of an hour of the day."""
    times = {"starts_at": at(0) + first * QUARTER, "ends_at": at(0) + last * QUARTER}
    return DepartureFactory(**({"participants": people, "location_id": CAMP, "team": TEAM} | times | fields))


QUARTER = timedelta(minutes=15)


def quarters(first: int, last: int) -> Span:
    return Span(at(0) + first * QUARTER, at(0) + last * QUARTER)


def counted_one_by_one(parties: list[Departure], within: Span) -> int:
    """The largest sum over all quarters of an hour in the span."""
    moments = [within.starts_at + n * QUARTER for n in range((within.ends_at - within.starts_at) // QUARTER)]
    return max((sum(p.participants for p in parties if p.starts_at <= m < p.ends_at) for m in moments), default=0)


@pytest.mark.parametrize("seed", range(30))
def test_the_peak_is_what_counting_one_by_one_finds(seed: int) -> None:
    dice = random.Random(seed)
    spans = [sorted(dice.sample(range(60), 2)) for _ in range(12)]
    parties = [party(dice.randint(0, 9), first, last) for first, last in spans]
    load = CampLoad.of(parties, CAMP)

    for _ in range(20):
        within = quarters(*sorted(dice.sample(range(-4, 70), 2)))
        assert load.peak(within) == counted_one_by_one(parties, within)


@pytest.mark.parametrize("seed", range(30))
def test_after_a_change_the_load_is_that_of_counting_all_again(seed: int) -> None:
    dice = random.Random(seed)
    spans = [sorted(dice.sample(range(60), 2)) for _ in range(16)]
    parties = [party(dice.randint(0, 9), first, last) for first, last in spans]
    planned, new = parties[:12], parties[12:]
    gone, staying = planned[:3], planned[3:]

    changed = CampLoads(new, gone, CampLoads(planned)).of(CAMP)

    for _ in range(20):
        within = quarters(*sorted(dice.sample(range(-4, 70), 2)))
        assert changed.peak(within) == counted_one_by_one([*staying, *new], within)
    assert changed.highest == CampLoad.of([*staying, *new], CAMP).highest


def test_a_camp_is_counted_when_it_is_asked_for_and_others_stay_as_they_are() -> None:
    loads = CampLoads([party(5, 8, 12)])

    elsewhere = CampLoads([party(3, 8, 12, location_id=uuid4())], base=loads)

    assert elsewhere.of(CAMP) == loads.of(CAMP) == CampLoad.of([party(5, 8, 12)], CAMP)


def test_who_leaves_as_others_come_is_not_there_with_them() -> None:
    load = CampLoad.of([party(5, 8, 12), party(7, 12, 16)], CAMP)

    assert load.peak(quarters(8, 16)) == 7


def test_neither_cancelled_nor_unstaffed_nor_other_camps_count() -> None:
    others = [
        party(5, 8, 12, status=DepartureStatus.CANCELLED),
        party(5, 8, 12, team=[]),
        party(5, 8, 12, location_id=uuid4()),
    ]

    assert CampLoad.of(others, CAMP).peak(quarters(0, 90)) == 0
