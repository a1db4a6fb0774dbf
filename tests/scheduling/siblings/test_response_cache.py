import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.utils import timezone
from prometheus_client import REGISTRY

from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.sandbox.embedded import free_port
from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.last_good import TRIPS
from scheduling.siblings.response_cache import CacheView, ResponseToKeep, write_responses
from scheduling.siblings.response_memory import CachedResponse
from scheduling.siblings.tasks import run
from scheduling.siblings.trip_catalog import TRIP_LIFETIME, TripPayload, cached_trip, read_trip
from tests.scheduling.siblings.examples import a_hike, calls_made, snapshot_of_hike
from tests.siblings import SimulatedSiblings


def read_and_keep(trip_id: UUID, *, fresh: bool = False) -> TripPayload:
    """Read a trip as a snapshot does, which judges it and keeps the answer."""
    with SiblingReader(Deadline.after(2), fresh=fresh) as reader:
        trip = run(read_trip(reader, trip_id))
        reader.answers.judge(TRIPS, {}, asked=[])
        return trip


def test_an_answer_is_kept_for_its_lifetime(siblings: SimulatedSiblings) -> None:
    trip_id = a_hike(siblings)
    read_and_keep(trip_id)

    client = caches["siblings"].client.get_client()  # type: ignore[attr-defined]
    [lifetime] = [client.ttl(key) for key in client.keys("siblings:*")]

    assert 0 < lifetime <= TRIP_LIFETIME.total_seconds()


def test_a_fresh_look_asks_and_is_remembered(siblings: SimulatedSiblings) -> None:
    trip_id, before = a_hike(siblings), calls_made()
    read_and_keep(trip_id)
    siblings.alter("trips", f"{trip_id}", name="Another name")

    fresh = read_and_keep(trip_id, fresh=True)
    cached = run(read_trip(SiblingReader(Deadline.after(2)), trip_id))

    assert fresh.name == cached.name == "Another name"
    assert (calls_made() - before)["getTripById"] == 2


@pytest.mark.parametrize(
    ("is_about_safety", "read_before", "asked"),
    [
        pytest.param(True, True, 1, id="safety, read before: asked anew"),
        pytest.param(True, False, 0, id="safety, read since: used"),
        pytest.param(False, True, 0, id="nothing of safety, read before: used"),
    ],
)
def test_what_is_kept_about_safety_is_used_only_if_it_was_read_since(
    siblings: SimulatedSiblings, *, is_about_safety: bool, read_before: bool, asked: int
) -> None:
    trip_id, since = a_hike(siblings), timezone.now() - timedelta(seconds=5)
    call = Call(
        Sibling.TRIP_CATALOG, "getTripById", f"/trips/{trip_id}", names_resource=True, is_about_safety=is_about_safety
    )
    body = siblings.call("svc-trip-catalog", f"/trips/{trip_id}").content
    read_at = since - timedelta(seconds=1) if read_before else since + timedelta(seconds=1)
    write_responses([ResponseToKeep(call, CachedResponse(body, read_at), TRIP_LIFETIME)])
    before = calls_made()

    reader = SiblingReader(Deadline.after(2), safety_since=since)
    trip = run(reader.get(call, TripPayload, lifetime=TRIP_LIFETIME))

    assert trip.id == trip_id
    assert (calls_made() - before)["getTripById"] == asked


def lookups(result: str) -> float:
    labels = {"sibling": "svc-trip-catalog", "result": result}
    return REGISTRY.get_sample_value("sibling_cache_lookups_total", labels) or 0


def test_each_lookup_is_counted_once(siblings: SimulatedSiblings) -> None:
    trip_id, before = a_hike(siblings), (lookups("miss"), lookups("hit"))
    read_and_keep(trip_id)
    read_and_keep(trip_id)

    cached_trip(SiblingReader(Deadline.after(2)), trip_id)

    assert (lookups("miss") - before[0], lookups("hit") - before[1]) == (1, 2)


def test_failures_are_not_remembered(siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-trip-catalog", "off_contract")
    call = Call(Sibling.TRIP_CATALOG, "getTripById", f"/trips/{a_hike(siblings)}")
    with pytest.raises(Exception, match="off the contract"):
        run(read_trip(SiblingReader(Deadline.after(2)), a_hike(siblings)))

    assert CacheView().response_to(call, TRIP_LIFETIME) is None


def test_without_valkey_a_snapshot_is_taken_all_the_same(siblings: SimulatedSiblings, settings: Any) -> None:
    nowhere = settings.CACHES["siblings"] | {"LOCATION": f"redis://127.0.0.1:{free_port()}/0"}
    settings.CACHES = settings.CACHES | {"siblings": nowhere}

    snapshots = [snapshot_of_hike(siblings), snapshot_of_hike(siblings)]

    assert [snapshot.unknown for snapshot in snapshots] == [{}, {}]


def test_an_answer_that_an_older_release_kept_is_asked_for_again(siblings: SimulatedSiblings) -> None:
    trip_id = a_hike(siblings)
    read_and_keep(trip_id)
    client = caches["siblings"].client.get_client()  # type: ignore[attr-defined]
    [key] = client.keys("siblings:*")
    client.set(key, re.sub(rb"{.*", b'{"id": 5}', client.get(key)))
    client.set("siblings-mark", "of the older release")

    assert run(read_trip(SiblingReader(Deadline.after(2)), trip_id)).id == trip_id


def test_who_is_unknown_is_asked_for_again(siblings: SimulatedSiblings) -> None:
    trip = siblings.get("trips", f"{a_hike(siblings)}") | {"id": f"{uuid4()}"}
    with pytest.raises(Exception, match="knows nothing"):
        run(read_trip(SiblingReader(Deadline.after(2)), trip["id"]))
    siblings.add("trips", **trip)

    assert run(read_trip(SiblingReader(Deadline.after(2)), trip["id"])).name == trip["name"]
