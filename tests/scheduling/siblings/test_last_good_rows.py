"""What is kept of the last good answers: of workers at once, of parts of an answer, and for how long."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scheduling.models import LastGoodAnswer
from scheduling.siblings.last_good import (
    CERTIFICATES,
    DEPARTURES,
    GUIDES,
    NO_TRAITS,
    TRIPS,
    LastGoodAnswers,
)
from scheduling.siblings.last_good_rows import MAX_RECORDS, Known, ParsedRows, accept_answer, purge_past_answers
from scheduling.siblings.one_reading import look_again, one_reading
from scheduling.snapshot import take_day_snapshot
from tests.scheduling.siblings.examples import SECONDS, tomorrow
from tests.siblings import SimulatedSiblings


def judged(records: dict[UUID, frozenset[str]], asked: list[UUID] | None = None) -> LastGoodAnswers:
    answers = LastGoodAnswers.load()
    answers.judge(TRIPS if asked else GUIDES, records, asked=asked)
    return answers


def stored(resource: str) -> LastGoodAnswer:
    return LastGoodAnswer.objects.get(resource=resource)


def test_an_answer_read_before_an_acceptance_does_not_bring_the_former_one_back() -> None:
    first, other = UUID(int=1), UUID(int=2)
    judged({first: NO_TRAITS}).store()
    late = judged({first: NO_TRAITS, other: NO_TRAITS})

    accept_answer(stored("guides"))
    late.store()

    assert stored("guides").records == {}


def test_an_answer_that_is_stored_after_a_later_one_is_added_to_it() -> None:
    first, second, both = ([UUID(int=number) for number in numbers] for numbers in ((1, 2), (3, 4), (5, 6)))
    earlier = judged(dict.fromkeys([*first, *both], frozenset({"CPR"})), asked=[*first, *both])
    later = judged(dict.fromkeys([*second, *both], frozenset({"FIRST_AID"})), asked=[*second, *both])

    later.store()
    earlier.store()

    expected = {f"{trip}": ["CPR"] for trip in first} | {f"{trip}": ["FIRST_AID"] for trip in [*second, *both]}
    assert stored("trips").records == expected


def test_a_part_of_an_answer_from_before_an_acceptance_is_not_added_to_it() -> None:
    trips = [UUID(int=number) for number in range(1, 7)]
    judged(dict.fromkeys(trips, frozenset({"CPR"})), asked=trips).store()
    late = judged(dict.fromkeys(trips, NO_TRAITS), asked=trips)

    accept_answer(stored("trips"))
    late.store()

    assert stored("trips").records == {}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_each_add_what_they_read() -> None:
    together, trips = Barrier(2), [UUID(int=number) for number in range(1, 21)]

    def read(mine: list[UUID]) -> None:
        answers = judged({trip: frozenset({"CPR"}) for trip in mine}, asked=mine)
        together.wait(timeout=5)
        answers.store()
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(read, [trips[:10], trips[10:]]))

    assert stored("trips").records == {str(trip): ["CPR"] for trip in trips}


def test_dates_that_are_over_are_forgotten(siblings: SimulatedSiblings) -> None:
    take_day_snapshot(tomorrow(siblings), deadline_seconds=SECONDS, fresh=True)
    assert LastGoodAnswer.objects.filter(resource="departures").exists()

    purge_past_answers(timezone.now().date().replace(year=timezone.now().year + 1))

    assert not LastGoodAnswer.objects.filter(resource="departures").exists()
    assert LastGoodAnswer.objects.filter(resource="guides").exists()


def test_the_certificates_of_all_guides_are_read_only_where_they_are_judged() -> None:
    guides = [UUID(int=number) for number in range(1, 7)]
    answers = LastGoodAnswers.load(CERTIFICATES)
    answers.judge(CERTIFICATES, dict.fromkeys(guides, frozenset({"CPR"})), asked=guides)
    answers.store()

    assert LastGoodAnswers.load().known(CERTIFICATES) == {}
    assert LastGoodAnswers.load(CERTIFICATES).known(CERTIFICATES).keys() == set(guides)


def test_the_rounds_of_one_reading_read_once_what_is_known() -> None:
    judged({UUID(int=1): NO_TRAITS}).store()

    with CaptureQueriesContext(connection) as captured, one_reading():
        guides = LastGoodAnswers.load().known(GUIDES)
        later = LastGoodAnswers.load(CERTIFICATES, GUIDES).known(GUIDES)

    assert guides.keys() == {UUID(int=1)} == later.keys()
    assert len(captured) == 1


def test_what_is_known_of_further_dates_is_read_in_the_same_reading() -> None:
    days = [date(2031, 5, 4), date(2031, 5, 5)]
    for day in days:
        answers = LastGoodAnswers.load(days=days)
        answers.judge(DEPARTURES, {UUID(int=1): NO_TRAITS}, scope=f"{day}")
        answers.store()

    with one_reading():
        known = [LastGoodAnswers.load(days=days[:n]).known(DEPARTURES, f"{days[1]}").keys() for n in (1, 2)]

    assert known == [set(), {UUID(int=1)}]


def test_a_reading_sees_what_it_has_stored_itself() -> None:
    with one_reading():
        judged({UUID(int=1): NO_TRAITS}).store()
        assert LastGoodAnswers.load().known(GUIDES).keys() == {UUID(int=1)}


def test_a_reading_that_looks_again_sees_an_acceptance() -> None:
    judged({UUID(int=1): NO_TRAITS}).store()
    with one_reading():
        before = LastGoodAnswers.load().known(GUIDES)
        accept_answer(stored("guides"))
        look_again()

        assert (before.keys(), LastGoodAnswers.load().known(GUIDES).keys()) == ({UUID(int=1)}, set())


def test_of_a_list_of_all_guides_only_those_asked_about_are_read() -> None:
    guides = [UUID(int=number) for number in range(1, 7)]
    answers = LastGoodAnswers.load(CERTIFICATES, asked=guides)
    answers.judge(CERTIFICATES, dict.fromkeys(guides, frozenset({"CPR"})), asked=guides)
    answers.store()

    few = LastGoodAnswers.load(CERTIFICATES, asked=[guides[0], UUID(int=7)])

    assert few.known(CERTIFICATES) == {guides[0]: frozenset({"CPR"})}
    assert LastGoodAnswers.load(CERTIFICATES, asked=[]).known(CERTIFICATES) == {}
    assert LastGoodAnswers.load(CERTIFICATES).known(CERTIFICATES).keys() == set(guides)


def test_an_answer_that_nobody_has_changed_is_parsed_once() -> None:
    judged({UUID(int=1): NO_TRAITS}).store()

    assert LastGoodAnswers.load().known(GUIDES) is LastGoodAnswers.load().known(GUIDES)


def test_an_answer_that_somebody_has_changed_is_read_again() -> None:
    first, other = UUID(int=1), UUID(int=2)
    judged({first: NO_TRAITS}).store()
    before = LastGoodAnswers.load().known(GUIDES)

    stored_at = LastGoodAnswer.objects.values("read_at").get(resource="guides")["read_at"]
    LastGoodAnswer.objects.update(records={f"{other}": []}, read_at=stored_at)

    assert (before.keys(), LastGoodAnswers.load().known(GUIDES).keys()) == ({first}, {other})


def test_an_acceptance_is_seen_by_the_next_reader() -> None:
    judged({UUID(int=1): NO_TRAITS}).store()
    assert LastGoodAnswers.load().known(GUIDES)

    accept_answer(stored("guides"))

    assert not LastGoodAnswers.load().known(GUIDES)


def test_a_process_keeps_so_many_records_parsed_those_it_used_last() -> None:
    half = Known({UUID(int=number): NO_TRAITS for number in range(MAX_RECORDS // 2 - 1)}, is_suspected=False)
    rows = ParsedRows()
    rows.keep({"first": half, "second": half})

    rows.keep({"first": half})
    rows.keep({"third": half})

    assert rows.rows().keys() == {"first", "third"}
