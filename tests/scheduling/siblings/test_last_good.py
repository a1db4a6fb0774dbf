"""Lists that have collapsed since the last good answer: not believed, never cached, until a person accepts them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from scheduling.domain.facts import Sibling
from scheduling.models import LastGoodAnswer
from scheduling.siblings import SiblingFailure
from scheduling.snapshot import look_up_trip, take_day_snapshot, with_certificates
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.siblings.examples import SECONDS, a_hike, region_of, snapshot_of_hike, tomorrow
from tests.siblings import SimulatedSiblings

Fault = Callable[[SimulatedSiblings], None]


def fresh_snapshot(siblings: SimulatedSiblings) -> Any:
    return take_day_snapshot(tomorrow(siblings), deadline_seconds=SECONDS, fresh=True)


def cached_snapshot(siblings: SimulatedSiblings) -> Any:
    return take_day_snapshot(tomorrow(siblings), deadline_seconds=SECONDS)


def altered(service: str, path: str, **patch: Any) -> Fault:
    return lambda siblings: siblings.switch(service, "altered", path=path, **patch)


def empty(service: str, path: str) -> Fault:
    return lambda siblings: siblings.switch(service, "empty", path=path)


COLLAPSES: dict[str, Fault] = {
    "no guides": empty("svc-guide-management", "^/guides$"),
    "all guides suspended": altered("svc-guide-management", "^/guides$", status="SUSPENDED"),
    "all guides without regions": altered("svc-guide-management", "^/guides$", region_ids=[]),
    "no regions": empty("svc-trip-catalog", "^/regions$"),
    "regions without zones": altered("svc-trip-catalog", "^/regions$", timezone="Mars/Olympus_Mons"),
    "trips that are not known": lambda siblings: siblings.switch("svc-trip-catalog", "forgetful"),
    "trips that ask for what nobody has": altered(
        "svc-trip-catalog", "^/trips/[^/]+$", required_certifications=["SPACE_WALK"]
    ),
    "no departures": empty("svc-trip-catalog", "/schedule$"),
    "departures of a million seats": altered("svc-trip-catalog", "/schedule$", total_spots=10**6),
}


@pytest.mark.parametrize("fault", COLLAPSES.values(), ids=COLLAPSES.keys())
def test_a_list_that_collapsed_is_no_answer_and_is_believed_as_soon_as_it_is_well(
    siblings: SimulatedSiblings, fault: Fault
) -> None:
    before = fresh_snapshot(siblings)
    fault(siblings)

    with pytest.raises(SiblingFailure) as raised:
        fresh_snapshot(siblings)

    assert raised.value.reason == "suspicious"
    siblings.restore()
    after = cached_snapshot(siblings)
    assert (after.guides, after.trips, after.regions, after.departures) == (
        before.guides,
        before.trips,
        before.regions,
        before.departures,
    )
    assert not LastGoodAnswer.objects.exclude(suspicion="").exists()


def ids_of_tomorrow(siblings: SimulatedSiblings, snapshot: Any) -> list[str]:
    return [f"{departure.id}" for departure in snapshot.departures[tomorrow(siblings)]]


def a_storm(siblings: SimulatedSiblings, ids: list[str], **changes: Any) -> None:
    """The catalog changes all these departures, each by itself."""
    for departure_id in ids:
        siblings.alter("departures", departure_id, **changes)


@pytest.mark.parametrize("status", ["CANCELLED", "FULL", "COMPLETED"])
def test_departures_of_which_the_catalog_says_so_are_called_off_however_many(
    siblings: SimulatedSiblings, status: str
) -> None:
    ids = ids_of_tomorrow(siblings, fresh_snapshot(siblings))
    a_storm(siblings, ids, status=status)

    after = fresh_snapshot(siblings)

    assert ids_of_tomorrow(siblings, after) == ids
    are_cancelled = {departure.is_cancelled for departure in after.departures[tomorrow(siblings)]}
    assert are_cancelled == {status == "CANCELLED"}


def test_departures_that_the_catalog_lists_on_another_date_are_not_lost(siblings: SimulatedSiblings) -> None:
    ids = ids_of_tomorrow(siblings, fresh_snapshot(siblings))
    a_storm(siblings, ids[:-1], departure_date=f"{tomorrow(siblings) + timedelta(days=3)}")

    assert ids_of_tomorrow(siblings, fresh_snapshot(siblings)) == ids[-1:]


def test_trips_that_the_catalog_suspends_are_not_lost(siblings: SimulatedSiblings) -> None:
    before = fresh_snapshot(siblings)
    altered("svc-trip-catalog", "^/trips/[^/]+$", status="SUSPENDED")(siblings)

    after = fresh_snapshot(siblings)

    assert after.trips.keys() == before.trips.keys()
    assert not any(trip.is_active for trip in after.trips.values())


def test_departures_that_vanish_beside_others_that_are_called_off_are_doubted(siblings: SimulatedSiblings) -> None:
    trip = f"{a_hike(siblings)}"
    added = [siblings.add_departure(trip, tomorrow(siblings), f"{hour:02}:17")["id"] for hour in range(20)]
    ids = ids_of_tomorrow(siblings, fresh_snapshot(siblings))
    a_storm(siblings, [departure_id for departure_id in ids if departure_id not in added], status="CANCELLED")
    for departure_id in added:
        siblings.remove("departures", departure_id)

    with pytest.raises(SiblingFailure, match=r"20 of \d+ departures are not of use any more"):
        fresh_snapshot(siblings)


def test_what_was_called_off_may_vanish_afterwards(siblings: SimulatedSiblings) -> None:
    ids = ids_of_tomorrow(siblings, fresh_snapshot(siblings))
    a_storm(siblings, ids[1:], status="CANCELLED")
    fresh_snapshot(siblings)

    for departure_id in ids[1:]:
        siblings.remove("departures", departure_id)

    assert ids_of_tomorrow(siblings, fresh_snapshot(siblings)) == ids[:1]


@pytest.mark.parametrize(
    ("fault", "sibling"),
    [
        (empty("svc-trail-management", "^/trails$"), Sibling.TRAIL_MANAGEMENT),
        (altered("svc-trail-management", "^/trails$", max_group_size=0), Sibling.TRAIL_MANAGEMENT),
        (empty("svc-location-services", "^/locations$"), Sibling.LOCATION_SERVICES),
    ],
    ids=["no trails", "trails for nobody", "no base camps"],
)
def test_places_that_collapsed_are_unknown(siblings: SimulatedSiblings, fault: Fault, sibling: Sibling) -> None:
    before = fresh_snapshot(siblings)
    fault(siblings)

    assert set(fresh_snapshot(siblings).unknown) == {sibling}

    siblings.restore()
    after = cached_snapshot(siblings)
    assert (after.unknown, after.trails.keys(), after.locations) == ({}, before.trails.keys(), before.locations)


@pytest.mark.parametrize(
    "fault",
    [
        empty("svc-guide-management", "/certifications$"),
        altered("svc-guide-management", "/certifications$", status="REVOKED"),
        lambda siblings: [siblings.remove("guides", key) for key in siblings.summary()["guide_ids"]],
    ],
    ids=["empty", "revoked", "not found"],
)
def test_certificates_of_nobody_are_not_read_and_those_of_the_profile_count(
    siblings: SimulatedSiblings, fault: Fault
) -> None:
    guides = [UUID(key) for key in siblings.summary()["guide_ids"][:10]]
    snapshot = fresh_snapshot(siblings)
    held = with_certificates(snapshot, guides, deadline_seconds=SECONDS, fresh=True).certificates
    fault(siblings)

    assert with_certificates(snapshot, guides, deadline_seconds=SECONDS, fresh=True).certificates == {}

    siblings.restore()
    assert with_certificates(snapshot, guides, deadline_seconds=SECONDS).certificates == held


def test_one_guide_whose_certificates_are_revoked_has_none(siblings: SimulatedSiblings) -> None:
    guides = [UUID(key) for key in siblings.summary()["guide_ids"][:10]]
    snapshot = fresh_snapshot(siblings)
    with_certificates(snapshot, guides, deadline_seconds=SECONDS, fresh=True)
    siblings.expire_certificates(f"{guides[0]}")

    certified = with_certificates(snapshot, guides, deadline_seconds=SECONDS, fresh=True)

    assert not any(certificate.is_valid for certificate in certified.certificates[guides[0]])


def test_one_region_that_vanishes_is_suspicious(siblings: SimulatedSiblings) -> None:
    fresh_snapshot(siblings)
    siblings.remove("regions", f"{region_of(siblings, a_hike(siblings))}")

    with pytest.raises(SiblingFailure, match="1 of 6 regions"):
        fresh_snapshot(siblings)


def test_some_guides_may_leave(siblings: SimulatedSiblings) -> None:
    before = fresh_snapshot(siblings)
    for guide_id in siblings.summary()["guide_ids"][:20]:
        siblings.alter("guides", guide_id, status="TERMINATED")

    after = fresh_snapshot(siblings)

    assert (
        sum(guide.is_active for guide in after.guides.values()) == sum(g.is_active for g in before.guides.values()) - 20
    )


def test_a_trip_is_looked_at_alone_as_often_as_one_likes_without_losing_what_was_known(
    siblings: SimulatedSiblings,
) -> None:
    fresh_snapshot(siblings)
    COLLAPSES["trips that ask for what nobody has"](siblings)

    for trip_id in siblings.summary()["trip_ids"]:
        look_up_trip(UUID(trip_id), deadline_seconds=SECONDS)

    with pytest.raises(SiblingFailure):
        fresh_snapshot(siblings)


def test_guides_who_are_nearly_all_away_on_one_date_have_to_be_accepted(siblings: SimulatedSiblings) -> None:
    fresh_snapshot(siblings)
    for guide_id in siblings.summary()["guide_ids"]:
        siblings.send_guide_away(guide_id, tomorrow(siblings), tomorrow(siblings))

    with pytest.raises(SiblingFailure, match=f"guides are not available on {tomorrow(siblings)}"):
        snapshot_of_hike(siblings, fresh=True)

    call_command("accept_sibling_answers", *(f"{answer.pk}" for answer in LastGoodAnswer.objects.exclude(suspicion="")))
    available = snapshot_of_hike(siblings, fresh=True).available[tomorrow(siblings)]
    assert available.isdisjoint(map(UUID, siblings.summary()["guide_ids"]))


def test_a_person_accepts_in_the_console_what_a_sibling_says_for_good(
    siblings: SimulatedSiblings, groups: None
) -> None:
    fresh_snapshot(siblings)
    COLLAPSES["all guides suspended"](siblings)
    with pytest.raises(SiblingFailure):
        fresh_snapshot(siblings)
    doubted = LastGoodAnswer.objects.exclude(suspicion="").get()
    url, chosen = "/admin/scheduling/lastgoodanswer/", {"action": "accept_chosen", "_selected_action": [doubted.pk]}

    signed_in("Dispatcher").post(url, chosen)
    with pytest.raises(SiblingFailure):
        fresh_snapshot(siblings)
    manager: Client = signed_in("Operations manager")
    assert "guides are not of use any more" in manager.get(url).content.decode()
    manager.post(url, chosen)

    assert {guide.status for guide in fresh_snapshot(siblings).guides.values()} == {"SUSPENDED"}
    assert not LastGoodAnswer.objects.exclude(suspicion="").exists()


def test_the_command_lists_what_is_not_believed(
    siblings: SimulatedSiblings, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh_snapshot(siblings)
    COLLAPSES["no regions"](siblings)
    with pytest.raises(SiblingFailure):
        fresh_snapshot(siblings)

    call_command("accept_sibling_answers")

    assert "regions of svc-trip-catalog: 6 of 6 regions are not of use any more, since" in capsys.readouterr().out
    with pytest.raises(CommandError, match="999999"):
        call_command("accept_sibling_answers", "999999")
