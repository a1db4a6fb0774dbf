"""What a snapshot asks of the cache: of many guides, trips or trails in few steps."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import caches
from django.utils import timezone

from scheduling.domain.facts import Snapshot
from scheduling.siblings.one_reading import one_reading
from scheduling.snapshot import take_trip_snapshot, with_availability_notes, with_certificates
from tests.scheduling.siblings.examples import SECONDS, a_hike, calls_made, snapshot_of_tomorrow, tomorrow
from tests.siblings import SimulatedSiblings


def commands(name: str) -> int:
    """Return how many commands of this name Valkey has carried out."""
    client = caches["siblings"].client.get_client()  # type: ignore[attr-defined]
    statistics: dict[str, Any] = client.info("commandstats")
    return int(statistics.get(f"cmdstat_{name}", {}).get("calls", 0))


def detailed(snapshot: Snapshot, guide_ids: list[UUID]) -> Snapshot:
    certified = with_certificates(snapshot, guide_ids, deadline_seconds=SECONDS)
    return with_availability_notes(certified, guide_ids, deadline_seconds=SECONDS)


def test_an_empty_cache_is_asked_for_nothing_but_its_mark(siblings: SimulatedSiblings) -> None:
    caches["siblings"].clear()
    before = commands("get"), commands("mget")

    snapshot_of_tomorrow(siblings)

    assert (commands("get") - before[0], commands("mget") - before[1]) == (1, 0)


def test_what_the_cache_has_of_many_guides_is_read_in_one_step(siblings: SimulatedSiblings) -> None:
    snapshot = snapshot_of_tomorrow(siblings)
    guide_ids = sorted(snapshot.guides)
    first = detailed(snapshot, guide_ids)
    before, calls = (commands("get"), commands("mget")), calls_made()

    second = detailed(snapshot, guide_ids)

    assert len(guide_ids) > 30
    assert calls_made() == calls
    assert (second.certificates, second.availability_notes) == (first.certificates, first.availability_notes)
    # The mark of each of two readers, and the answers for each.
    assert (commands("get") - before[0], commands("mget") - before[1]) == (2, 2)


def test_the_rounds_of_one_reading_ask_once_for_the_mark(siblings: SimulatedSiblings) -> None:
    guide_ids = sorted(detailed(snapshot_of_tomorrow(siblings), []).guides)[:5]
    detailed(snapshot_of_tomorrow(siblings), guide_ids)
    before, calls = commands("get"), calls_made()

    with one_reading():
        known = detailed(snapshot_of_tomorrow(siblings), guide_ids)

    assert known.certificates.keys() == set(guide_ids)
    assert commands("get") - before == 1
    assert (calls_made() - calls).keys() & {"getGuideCertifications", "getGuideAvailability", "searchGuides"} == set()


def test_a_reading_goes_on_with_what_it_has_written_itself(siblings: SimulatedSiblings) -> None:
    caches["siblings"].clear()
    before = commands("get")

    with one_reading():
        guide_ids = sorted(detailed(snapshot_of_tomorrow(siblings), []).guides)[:5]
        first = detailed(snapshot_of_tomorrow(siblings), guide_ids)
        calls = calls_made()
        second = detailed(snapshot_of_tomorrow(siblings), guide_ids)

    assert (second.certificates, second.availability_notes) == (first.certificates, first.availability_notes)
    assert (calls_made() - calls).keys() & {"getGuideCertifications", "getGuideAvailability", "searchGuides"} == set()
    assert commands("get") - before == 1


def test_the_next_reading_sees_what_others_have_written_since(siblings: SimulatedSiblings) -> None:
    client = caches["siblings"].client.get_client()  # type: ignore[attr-defined]
    snapshot_of_tomorrow(siblings)
    with one_reading():
        snapshot_of_tomorrow(siblings)
    for key in client.keys("siblings:*"):
        client.delete(key)
    client.set("siblings-mark", "another process")
    calls = calls_made()

    with one_reading():
        snapshot_of_tomorrow(siblings)

    assert (calls_made() - calls)["searchGuides"] > 0


def test_what_has_to_be_read_anew_is_not_sought_in_the_cache(siblings: SimulatedSiblings) -> None:
    trip_id, later = a_hike(siblings), timezone.now() + timedelta(hours=1)

    def taken(safety_since: datetime | None) -> Snapshot:
        return take_trip_snapshot(trip_id, [tomorrow(siblings)], deadline_seconds=SECONDS, safety_since=safety_since)

    # What others have said is parsed by the second, and kept by this process.
    for safety_since in (None, None, later):
        known = taken(safety_since)
    before, calls = commands("mget"), calls_made()

    anew = taken(later)

    assert commands("mget") == before
    assert (anew.guides, anew.trails, anew.available) == (known.guides, known.trails, known.available)
    assert (calls_made() - calls)["searchGuides"] > 0


def test_guides_whom_the_cache_does_not_have_are_asked_for_beside_those_it_has(siblings: SimulatedSiblings) -> None:
    snapshot = snapshot_of_tomorrow(siblings)
    guide_ids = sorted(snapshot.guides)
    detailed(snapshot, guide_ids[:5])
    before = calls_made()

    certificates = detailed(snapshot, guide_ids).certificates

    assert certificates.keys() == set(guide_ids)
    assert (calls_made() - before)["getGuideCertifications"] == len(guide_ids) - 5
