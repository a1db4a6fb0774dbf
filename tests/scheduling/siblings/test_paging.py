"""Lists of siblings that lack entries of the total that they state."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call
from scheduling.siblings.errors import SiblingFailure
from scheduling.siblings.response_cache import ResponseToKeep, write_responses
from scheduling.siblings.response_memory import CachedResponse
from scheduling.snapshot import take_day_snapshot
from tests.scheduling.siblings.examples import SECONDS, calls_made, snapshot_of_tomorrow, tomorrow
from tests.siblings import SimulatedSiblings


@pytest.mark.parametrize(
    ("service", "operation"), [("svc-guide-management", "searchGuides"), ("svc-trip-catalog", "searchTrips")]
)
def test_a_list_without_the_entries_of_its_total_is_no_answer(
    siblings: SimulatedSiblings, service: str, operation: str
) -> None:
    siblings.switch(service, "truncated")

    with pytest.raises(SiblingFailure, match=r"page 1 has 0 of the \d+ entries") as raised:
        snapshot_of_tomorrow(siblings)

    assert (raised.value.operation, raised.value.reason) == (operation, "off_contract")


def test_trails_without_the_entries_of_their_total_are_unknown(siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-trail-management", "truncated")

    snapshot = snapshot_of_tomorrow(siblings)

    assert list(snapshot.unknown) == ["svc-trail-management"]


def test_the_service_is_believed_again_as_soon_as_it_is_well(siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-guide-management", "truncated")
    with pytest.raises(SiblingFailure):
        snapshot_of_tomorrow(siblings)
    asked: Any = calls_made()
    siblings.switch("svc-guide-management", "ok")

    snapshot = take_day_snapshot(tomorrow(siblings) + timedelta(days=1), deadline_seconds=SECONDS)

    assert len(snapshot.guides) >= 142
    assert (calls_made() - asked)["searchGuides"] >= 2


def test_a_short_list_that_an_older_release_kept_is_asked_for_again(siblings: SimulatedSiblings) -> None:
    call = Call(Sibling.GUIDE_MANAGEMENT, "searchGuides", "/guides", params={"offset": 0, "limit": 100})
    short = b'{"data": [], "pagination": {"total": 100}}'
    write_responses([ResponseToKeep(call, CachedResponse(short, datetime.now(UTC)), timedelta(minutes=1))])

    assert len(snapshot_of_tomorrow(siblings).guides) >= 142
