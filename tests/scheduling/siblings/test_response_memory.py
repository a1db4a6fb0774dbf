"""Responses that a process has parsed already: used while the cache stays as it is, whoever writes to it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core.cache import caches

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.response_cache import CacheView, ResponseToKeep, end_pause, write_responses
from scheduling.siblings.response_memory import MAX_BYTES, CachedResponse, ResponseMemory
from scheduling.siblings.tasks import run
from scheduling.siblings.trip_catalog import TRIP_LIFETIME, TripPayload, read_trip
from scheduling.snapshot.translation import trip_of

MINUTE = timedelta(minutes=1)
TRIP_ID = UUID("70000000-0000-4000-8000-000000000007")
CALL = Call(Sibling.TRIP_CATALOG, "getTripById", f"/trips/{TRIP_ID}", names_resource=True)
OTHER_CALL = Call(Sibling.TRIP_CATALOG, "getTripById", f"/trips/{UUID(int=8)}", names_resource=True)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    end_pause()
    caches["siblings"].clear()
    yield
    caches["siblings"].clear()


def a_trip(name: str = "Sunrise hike", *, age: timedelta = timedelta()) -> ResponseToKeep:
    payload = TripPayload(
        id=TRIP_ID,
        name=name,
        activity_type="HIKING",
        difficulty_level="BEGINNER",
        region_id=TRIP_ID,
        duration_hours=3,
        min_participants=2,
        max_participants=12,
        status="ACTIVE",
    )
    response = CachedResponse(payload.model_dump_json().encode(), datetime.now(UTC) - age)
    return ResponseToKeep(CALL, response, TRIP_LIFETIME)


def a_process_elsewhere_renames(before: str, after: str) -> None:
    client = caches["siblings"].client.get_client()  # type: ignore[attr-defined]
    [key] = client.keys("siblings:*")
    client.set(key, client.get(key).replace(before.encode(), after.encode()))
    client.set("siblings-mark", f"{after}")


def read() -> TripPayload:
    return run(read_trip(SiblingReader(Deadline.after(2)), TRIP_ID))


def a_response(text: str = "{}", *, age: timedelta = timedelta()) -> CachedResponse:
    return CachedResponse(text.encode(), datetime.now(UTC) - age)


def test_what_was_parsed_for_one_reader_serves_the_next() -> None:
    write_responses([a_trip()])

    assert read() is read()


def test_what_somebody_else_writes_is_read_by_the_next_reader() -> None:
    write_responses([a_trip("Sunrise hike")])
    assert read().name == "Sunrise hike"

    write_responses([a_trip("Sunset hike")])

    assert read().name == "Sunset hike"


def test_what_somebody_else_forgets_is_gone() -> None:
    write_responses([a_trip()])
    read()

    write_responses([], [CALL])

    assert CacheView().response_to(CALL, TRIP_LIFETIME) is None


def test_what_a_process_writes_takes_nothing_else_from_it() -> None:
    write_responses([a_trip()])
    before = read()

    write_responses([a_trip()._replace(call=OTHER_CALL)])

    assert read() is before


def test_what_a_process_writes_beside_somebody_else_is_all_that_it_may_use() -> None:
    write_responses([a_trip("Sunrise hike")])
    assert read().name == "Sunrise hike"
    a_process_elsewhere_renames("Sunrise hike", "Sunset hike")

    write_responses([a_trip()._replace(call=OTHER_CALL)])

    assert read().name == "Sunset hike"


def test_what_is_written_anew_makes_room_for_what_it_replaces() -> None:
    memory, stays = ResponseMemory(), a_response("x" * (MAX_BYTES // 2))
    memory.keep(b"first", "trip", a_response("y" * (MAX_BYTES // 2)), MINUTE)
    memory.keep(b"first", "guide", stays, MINUTE)

    memory.renew(b"first", b"second", ["trip", "another trip"])

    assert (memory.get(b"second", "trip"), memory.get(b"second", "guide")) == (None, stays)
    memory.keep(b"second", "trip", stays, MINUTE)
    assert memory.get(b"second", "trip") is stays


def test_an_emptied_cache_has_nothing_in_any_process() -> None:
    write_responses([a_trip()])
    read()

    caches["siblings"].clear()

    assert CacheView().response_to(CALL, TRIP_LIFETIME) is None


def test_nothing_is_used_beyond_its_lifetime() -> None:
    memory = ResponseMemory()
    memory.keep(b"m", "young", a_response(age=timedelta(seconds=30)), MINUTE)
    memory.keep(b"m", "old", a_response(age=timedelta(seconds=61)), MINUTE)

    assert memory.get(b"m", "young")
    assert memory.get(b"m", "old") is None


def test_what_a_slow_reader_read_before_a_write_is_not_taken_for_what_is_there_after_it() -> None:
    memory, before, after = ResponseMemory(), a_response("before"), a_response("after")
    memory.keep(b"second", "trip", after, MINUTE)

    memory.keep(b"first", "trip", before, MINUTE)

    assert memory.get(b"second", "trip") is None
    memory.keep(b"second", "trip", after, MINUTE)
    assert memory.get(b"second", "trip") is after


def test_without_a_mark_nothing_is_kept() -> None:
    memory = ResponseMemory()

    memory.keep(None, "trip", a_response(), MINUTE)

    assert memory.get(None, "trip") is None


def test_a_process_keeps_so_many_bytes_and_no_more() -> None:
    memory, half = ResponseMemory(), a_response("x" * (MAX_BYTES // 2))
    for key in ("first", "second", "third"):
        memory.keep(b"m", key, half, MINUTE)

    assert [bool(memory.get(b"m", key)) for key in ("first", "second", "third")] == [True, True, False]


def test_what_was_translated_for_one_reader_serves_the_next() -> None:
    write_responses([a_trip("Sunrise hike")])

    assert read().translated_by(trip_of) is read().translated_by(trip_of)
    assert read().translated_by(trip_of).name == "Sunrise hike"


def test_a_translation_is_no_part_of_what_was_read() -> None:
    write_responses([a_trip()])
    before = read().model_copy()

    read().translated_by(trip_of)

    assert read() == before
    assert "translations" not in read().model_dump()
